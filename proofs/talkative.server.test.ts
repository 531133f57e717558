/**
 * talkative.server.test: servers and roles whose settings make them talk, wait or give up: the proof does not take it
 * for a broken guard, and says whose setting it was.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ALL_PASS, batteryReport, verdicts } from "../scripts/database/battery.ts";
import { createDatabase, type TestDatabase, testServer } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";

let database: TestDatabase;
let sql: string;
const made: string[] = [];

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  database.psql("CREATE TABLE public.orders (id int); GRANT SELECT, INSERT ON public.orders TO PUBLIC");
  sql = fileWith("plan.sql", "INSERT INTO public.orders VALUES (1)");
});

afterAll(() => {
  database.drop();
});

/** A role of its own with these settings in this database. */
function roleWith(settings: Readonly<Record<string, string>>): string {
  const role = `talker_${database.name}_${made.length}`;
  made.push(role);
  database.psql(`CREATE ROLE ${role} LOGIN; GRANT CREATE ON SCHEMA public TO ${role}`);
  for (const [name, value] of Object.entries(settings)) {
    database.psql(`ALTER ROLE ${role} IN DATABASE ${database.name} SET ${name} = '${value}'`);
  }
  return role;
}

describe("notices beside the ROLLBACK break no guard", () => {
  const explain = { session_preload_libraries: "auto_explain", "auto_explain.log_min_duration": "0" };
  for (const settings of [
    { client_min_messages: "debug5" },
    { client_min_messages: "log", log_statement: "all" },
    { ...explain, "auto_explain.log_level": "notice" },
    { ...explain, "auto_explain.log_level": "warning" },
  ]) {
    test(JSON.stringify(settings), async () => {
      const url = database.socketUrl(roleWith(settings));
      const scripted = await batteryReport({ url, flags: { sql } });
      const generic = await batteryReport({ url, flags: { target: "generic" } });
      expect([scripted.failure, ...verdicts(scripted)]).toEqual([null, ...ALL_PASS]);
      expect([generic.failure, ...verdicts(generic)]).toEqual([null, ...ALL_PASS]);
    });
  }
});

test("a role whose reads wait for a safe snapshot: the witness does not, or it would wait for the proof", async () => {
  const settings = { default_transaction_isolation: "serializable", default_transaction_deferrable: "on" };
  const url = database.socketUrl(roleWith(settings));
  const report = await batteryReport({ url, flags: { sql } });
  expect([report.failure, ...verdicts(report)]).toEqual([null, ...ALL_PASS]);
  expect(report.durationMs).toBeLessThan(3_000);
}, 40_000);
