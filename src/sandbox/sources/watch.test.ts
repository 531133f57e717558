/** Tests of the watch over production, on a real server: who comes while it looks, and which runs the ledger has. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { hostOf, targetOf } from "../../../scripts/database/target.ts";
import { Failure } from "../../kernel/failure.ts";
import { openSession } from "../../kernel/session/open.ts";
import type { Session } from "../../kernel/session/session.ts";
import { watchSessions } from "./watch.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
});
afterAll(() => database.drop());

function open(applicationName: string): Promise<Session> {
  const { server, name } = database;
  const place = hostOf(server.port, { host: server.socketDirectory, password: null });
  const target = targetOf([place], { database: name, applicationName });
  return openSession(target, { label: "test" }).then((session) => {
    if (session instanceof Failure) throw new Error(session.message);
    return session;
  });
}

test("a session of the sandbox that comes and goes is seen, and runs are asked for", async () => {
  const watch = watchSessions(await open("cutter-sandbox-x look"), "cutter-sandbox-x");
  const visitors = await Promise.all(["cutter-sandbox-x scenario", "cutter/1.0 exec"].map(open));
  await Bun.sleep(700);
  for (const visitor of visitors) await visitor.close();
  const [known = ""] = database.psql("SELECT run_id FROM cutter_governance.run ORDER BY run_id").split("\n");
  const seen = await watch.seen([known, "ictr-of-the-sandbox"]);
  expect(seen).toEqual({
    sessions: ["cutter-sandbox-x look", "cutter-sandbox-x scenario"],
    runs: [known],
    how: expect.stringMatching(/^pg_stat_activity, .* begins with cutter-sandbox-x: \d+ looks .* each 250 ms$/),
  });
  await watch.end();
});

test("a watch whose session was ended does not say that nobody came", async () => {
  const session = await open("cutter-sandbox-y look");
  const watch = watchSessions(session, "cutter-sandbox-y");
  database.psql(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cutter-sandbox-y look'",
  );
  await Bun.sleep(300);
  expect(await watch.seen([])).toBeInstanceOf(Failure);
  await watch.end();
});
