/**
 * replica-session.server.test: a session in which the server fires no trigger and checks no foreign key proves nothing.
 */
import { expect, test } from "bun:test";
import { batteryReport, proofOf } from "../scripts/database/battery.ts";
import { createDatabase, testServer } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";

test("a role whose sessions begin as a replica's is no real connection, and nothing is written", async () => {
  const database = await createDatabase(await testServer(), { template: "reference" });
  database.psql(`CREATE TABLE public.note (id int); GRANT SELECT, INSERT ON public.note TO cutter_exec;
    ALTER ROLE cutter_exec IN DATABASE ${database.name} SET session_replication_role = replica`);
  const flags = { sql: fileWith("note.sql", "INSERT INTO public.note VALUES (1)") };
  const report = await batteryReport({ url: database.url("cutter_exec"), flags });
  const { verdict, mismatches } = proofOf(report, 3);
  expect([verdict, proofOf(report, 5).verdict, report.exit]).toEqual(["FAIL", "NOT RUN", 3]);
  expect(mismatches.map(({ what, expected, seen }) => [what, expected, seen])).toEqual([
    ["session_replication_role", "origin", "replica"],
  ]);
  database.drop();
});
