/** Tests of the embedded engine as a provider: what it can do, and that what it cannot is said and not ignored. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import * as fs from "node:fs";
import { ensureSnapshot } from "../../../scripts/snapshot.ts";
import { Failure } from "../../kernel/failure.ts";
import { embeddedProvider } from "./embedded.ts";
import { whyNotIsolated } from "./isolation.ts";
import { ask, ok, type SampleSandbox, sampleFolder, sampleSandbox } from "./sample-sandbox.ts";

let folder: string;
let sandbox: SampleSandbox;

beforeAll(async () => {
  await ensureSnapshot();
  folder = sampleFolder();
  sandbox = sampleSandbox(folder);
}, 30_000);
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const LOGIN = { role: "postgres", database: "postgres" };

test("it answers with the reference database, owns nothing, and has nothing to remove", async () => {
  const provider = embeddedProvider();
  expect([await provider.unavailable(), await provider.taken("cutter-sandbox-a")]).toEqual([null, []]);
  const server = ok(await provider.start(sandbox.order({ settings: { log_statement: "all" } })));
  const units = await ask(server, LOGIN, "SELECT count(*) AS units FROM public.information_unit");
  expect({ units, major: Number.parseInt(server.version, 10) >= 14, owned: server.owned() }).toEqual({
    units: [{ units: "158" }],
    major: true,
    owned: [],
  });
  expect([server.url(LOGIN), server.client("psql", LOGIN), server.logFile]).toEqual([null, null, null]);
  expect(await server.stop()).toEqual({ removed: [], left: [], trouble: null });
});

test("it tells apart what listens in this process", async () => {
  const server = ok(await embeddedProvider().start(sandbox.order()));
  const before = ok(await server.isolation());
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const during = ok(await server.isolation());
  listener.stop(true);
  await server.stop();
  const found = whyNotIsolated(during).filter((reason) => !whyNotIsolated(before).includes(reason));
  expect(found).toEqual([`it listens on TCP 127.0.0.1:${listener.port}`]);
});

test("what it lacks is true: no second session; and what it does not lack: what was committed lasts", async () => {
  const server = ok(await embeddedProvider().start(sandbox.order()));
  const got = [
    await ask(server, LOGIN, "CREATE TABLE public.mark ()"),
    await ask(server, LOGIN, "SELECT pg_catalog.to_regclass('public.mark') AS mark"),
    ...(await Promise.all([ask(server, LOGIN, "SELECT 1 AS one"), ask(server, LOGIN, "SELECT 1 AS one")])),
  ];
  expect([got.slice(0, 2), got.slice(2).filter((one) => one === "EMBEDDED_FAILED").length]).toEqual([
    [[], [{ mark: "mark" }]],
    1,
  ]);
  expect(server.lacks).toEqual(["second session", "role logins", "client programs", "server log"]);
  expect(await server.stop()).toEqual({ removed: [], left: [], trouble: null });
  expect(await ask(server, LOGIN, "SELECT 1 AS one")).toBe("EMBEDDED_FAILED");
});

test("a setting that it cannot have is refused", async () => {
  const got = await embeddedProvider().start(sandbox.order({ settings: { max_connections: "5" } }));
  expect(got instanceof Failure ? got.message : "started").toBe(
    "the embedded engine cannot be used: it cannot be started with max_connections",
  );
});
