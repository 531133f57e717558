/**
 * standby.test: a real hot standby is refused as what it is, by every target, before anything is tried on it.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type OwnServer, startServer, startStandby, TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { cutter, folderWith } from "../../../scripts/faults/program.ts";
import { refusal } from "../../../scripts/faults/refusal.ts";
import { makeStock, OWNER, type Stock } from "../../../scripts/faults/stock.ts";

let primary: OwnServer;
let standby: OwnServer;
let stock: Stock;
let files: string;
let url: string;
beforeAll(async () => {
  primary = await startServer(15);
  stock = await makeStock(primary);
  standby = await startStandby(primary);
  files = folderWith({ "insert.sql": "INSERT INTO public.stock VALUES (11, 11);" });
  url = `postgres://${OWNER}:${TEST_PASSWORD}@127.0.0.1:${standby.port}/${stock.name}`;
});
afterAll(async () => {
  rmSync(files, { recursive: true });
  await standby.stop();
  await primary.stop();
});

test("every target refuses it", async () => {
  const told = [
    await refusal(["proof", "rollback", "--url", url]),
    await refusal(["proof", "rollback", "--url", url, "--target", "iu"]),
    await refusal(["proof", "rollback", "--url", url, "--sql", join(files, "insert.sql")]),
  ];
  for (const one of told) {
    expect(one).toMatchObject({ exit: 4, code: "TARGET_IS_STANDBY", data: "Nothing was written." });
    expect(one.hint).toContain("target_session_attrs");
  }
});

test("named with the primary and target_session_attrs=read-write, the primary is proven on", async () => {
  const both = `127.0.0.1:${standby.port},127.0.0.1:${primary.port}`;
  const named = url.replace(`127.0.0.1:${standby.port}`, both);
  const ended = await cutter([
    ...["proof", "rollback", "--url", `${named}?target_session_attrs=read-write`],
    ...["--sql", join(files, "insert.sql")],
  ]);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toContain(`127.0.0.1:${primary.port}`);
});

test("counts may be taken on it: reading is what it is for", async () => {
  const ended = await cutter(["proof", "counts", "--url", url]);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toMatch(/public\.stock +10/);
});
