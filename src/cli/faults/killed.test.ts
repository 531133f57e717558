/**
 * killed.test: the program is killed with SIGKILL wherever it can be, and one second later nothing of it is left.
 *
 * The server finds out by client_connection_check_interval, not by luck: each backend is busy or waiting when its
 * client dies. Asked of every PostgreSQL version, since only the server can answer it.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { testServer } from "../../../scripts/database/database.ts";
import { folderWith, startCutter } from "../../../scripts/faults/program.ts";
import { makeStock, OWNER, type Stock } from "../../../scripts/faults/stock.ts";

const WITHIN_MS = 1000;
const FILES = {
  "sleep.sql": "INSERT INTO public.stock VALUES (11, 11); SELECT pg_sleep(30);",
  "busy.sql": "INSERT INTO public.stock VALUES (11, 11); SELECT count(*) FROM generate_series(1, 10000000000);",
  "lock.sql": "INSERT INTO public.stock VALUES (11, 11); UPDATE public.stock SET amount = 0 WHERE id = 1;",
  "quick.sql": "INSERT INTO public.stock VALUES (11, 11);",
};

let files: string;
let stock: Stock;
beforeAll(async () => {
  files = folderWith(FILES);
  stock = await makeStock(await testServer());
  stock.psql("CREATE VIEW public.slow AS SELECT pg_sleep(1)::text AS slept; GRANT SELECT ON public.slow TO PUBLIC");
});
afterAll(() => {
  rmSync(files, { recursive: true });
  stock.drop();
});

type Place = { readonly file: string; readonly seen: string; readonly holding?: string; readonly argv?: string[] };

const PLACES: Readonly<Record<string, Place>> = {
  "in pg_sleep": { file: "sleep.sql", seen: "wait_event = 'PgSleep'" },
  "in a long query": { file: "busy.sql", seen: "state = 'active' AND query LIKE 'DO%' AND backend_xid IS NOT NULL" },
  "waiting for a lock": {
    file: "lock.sql",
    holding: "UPDATE public.stock SET amount = 0 WHERE id = 1",
    seen: "wait_event_type = 'Lock' AND wait_event <> 'advisory'",
  },
  "waiting at the rendezvous": {
    file: "quick.sql",
    seen: "wait_event = 'advisory'",
    argv: ["--watch", "public.slow"],
  },
};

test("killed while an installation waits for a lock: the lock it holds is gone with it", async () => {
  const release = await stock.hold("CREATE SCHEMA cutter_governance");
  const program = startCutter(["schema", "install", "--url", stock.socketUrl()]);
  await stock.seen("wait_event_type = 'Lock'");
  program.kill("SIGKILL");
  await stock.gone(WITHIN_MS);
  await release();
  expect(stock.psql("SELECT count(*) FROM pg_namespace WHERE nspname = 'cutter_governance'")).toBe("0");
  expect((await program.ended).signal).toBe("SIGKILL");
});

describe("killed with its backend", () => {
  for (const [where, { file, seen, holding, argv = [] }] of Object.entries(PLACES)) {
    test(`${where}: gone within ${WITHIN_MS} ms, nothing kept`, async () => {
      const state = stock.state();
      const release = await stock.hold(holding ?? "SELECT 1");
      const program = startCutter([
        "proof",
        "rollback",
        "--url",
        stock.url(OWNER),
        "--sql",
        join(files, file),
        ...argv,
      ]);
      await stock.seen(seen);
      program.kill("SIGKILL");
      await stock.gone(WITHIN_MS);
      await release();
      expect(stock.state()).toBe(state);
      expect(await program.ended).toMatchObject({ code: null, signal: "SIGKILL", evidence: "" });
    });
  }
});
