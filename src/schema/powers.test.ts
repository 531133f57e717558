/**
 * What gives or takes power without touching an object of ours: options of a membership, parameters that a role may
 * set, collations under which other texts are equal.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testMajor, testServer } from "../../scripts/database/database.ts";
import { openRoleSession, succeed } from "../../scripts/database/target.ts";
import type { Session } from "../kernel/session/session.ts";
import { verifyInside } from "./verify.ts";

let database: TestDatabase;
let session: Session;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  session = await openRoleSession(database);
});

afterAll(async () => {
  await session.close();
  database.drop();
});

/** The differences after these statements, which are rolled back: `change kind object: actual`. */
async function differencesAfter(...statements: string[]): Promise<string[]> {
  succeed(await session.query("BEGIN"));
  for (const statement of statements) succeed(await session.query(statement));
  succeed(await session.query("SET LOCAL search_path = pg_catalog"));
  const { differences } = succeed(await verifyInside(session, {}));
  succeed(await session.query("ROLLBACK"));
  return differences.map(({ change, kind, object, actual }) => `${change} ${kind} ${object}: ${actual}`).sort();
}

const CREATOR = ["CREATE ROLE maker CREATEROLE", "CREATE ROLE stranger"];

describe("memberships", () => {
  if (testMajor() >= 16) {
    const granted = "WITH ADMIN TRUE, INHERIT FALSE, SET FALSE";
    test("who administers a role of ours may grant it to himself, unless he may create roles anyway", async () => {
      expect(await differencesAfter(...CREATOR, `GRANT cutter_exec TO maker ${granted}`)).toEqual([]);
      expect(await differencesAfter(...CREATOR, `GRANT cutter_exec TO stranger ${granted}`)).toEqual([
        "excess membership stranger in cutter_exec: member with admin option, without SET",
      ]);
    });

    test("a member who may not SET ROLE, and one who inherits against the matrix", async () => {
      expect(await differencesAfter("REVOKE SET OPTION FOR cutter_exec FROM cutter_rehearse")).toEqual([
        "different membership cutter_rehearse in cutter_exec: member, without SET",
      ]);
      expect(await differencesAfter("GRANT cutter_exec TO cutter_rehearse WITH INHERIT TRUE")).toEqual([
        "different membership cutter_rehearse in cutter_exec: member, inheriting",
      ]);
    });
  }

  test("with admin option", async () => {
    expect(await differencesAfter(...CREATOR, "GRANT cutter_exec TO stranger WITH ADMIN OPTION")).toEqual([
      "excess membership stranger in cutter_exec: member with admin option",
    ]);
  });
});

if (testMajor() >= 15) {
  test("parameters that a role of ours, or everyone, may set", async () => {
    const seen = await differencesAfter(
      ...CREATOR,
      "GRANT SET ON PARAMETER session_replication_role TO cutter_exec",
      "GRANT ALTER SYSTEM ON PARAMETER wal_level TO cutter_verify WITH GRANT OPTION",
      "GRANT SET ON PARAMETER track_counts TO PUBLIC",
      "GRANT SET ON PARAMETER log_statement TO stranger",
    );
    expect(seen).toEqual([
      "excess privilege ALTER SYSTEM on parameter wal_level to cutter_verify: granted with grant option",
      "excess privilege SET on parameter session_replication_role to cutter_exec: granted",
      "excess privilege SET on parameter track_counts to PUBLIC: granted",
    ]);
  });
}

describe("collations", () => {
  const insensitive = "CREATE COLLATION public.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false)";

  test("a column in which other texts are equal", async () => {
    const collated = "ALTER TABLE public.information_unit ALTER canonical_address TYPE text COLLATE public.ci";
    const [column, ...more] = await differencesAfter(insensitive, collated);
    expect(column).toBe("different column public.information_unit.canonical_address: text collate public.ci not null");
    expect(more).toEqual([]);
  });

  test("an index in which other texts are equal", async () => {
    const index = "CREATE UNIQUE INDEX twin ON cutter_governance.run (document_id COLLATE public.ci)";
    expect(await differencesAfter(insensitive, index)).toEqual([
      "excess index cutter_governance.run: UNIQUE btree (document_id COLLATE public.ci): valid",
    ]);
  });
});
