/**
 * Each role tries each thing on each relation, and the server refuses exactly what the matrix does not list. What it
 * should be allowed is written here a second time, from database.md, so that a change of the data file is noticed.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { openRoleSession, succeed } from "../../scripts/database/target.ts";
import { Failure } from "../kernel/failure.ts";
import type { Session } from "../kernel/session/session.ts";
import { expandMatrix, privilegeMatrix } from "./matrix.ts";
import { contractShape, lifecycleTables } from "./shape.ts";

const TABLES = Object.keys(contractShape.relations).filter(
  (name) => contractShape.relations[name]?.definition === "table" && name.startsWith("cutter_governance."),
);
const VIEWS = Object.keys(contractShape.relations).filter((name) => name.startsWith("cutter_governance.v_"));
const LIFECYCLE = lifecycleTables.map((name) => `public.${name}`);
const VERIFY_READS = [
  "manifest_envelope",
  "manifest_unit_block",
  "cut_change_set",
  "cut_change_set_affected_row",
  "verify_result",
  "run",
  "run_phase",
].map((name) => `cutter_governance.${name}`);
const VERIFY_WRITES = ["verify_result", "dot_pair_signature", "run_phase"].map((name) => `cutter_governance.${name}`);

/** `role privilege relation`, as database.md lists them. */
const ALLOWED = new Set([
  ...TABLES.map((name) => `cutter_exec SELECT ${name}`),
  ...TABLES.filter((name) => !name.endsWith(".verify_result")).map((name) => `cutter_exec INSERT ${name}`),
  ...VERIFY_READS.map((name) => `cutter_verify SELECT ${name}`),
  ...VERIFY_WRITES.map((name) => `cutter_verify INSERT ${name}`),
  ...VIEWS.map((name) => `cutter_ro SELECT ${name}`),
  ...["cutter_exec", "cutter_verify", "context_pack_readonly"].flatMap((role) =>
    LIFECYCLE.map((name) => `${role} SELECT ${name}`),
  ),
]);

const UPDATABLE = ["run.state", "run.fence", "cut_change_set.status"];

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

/** Whether the role may run the statement, as far as privileges go. */
async function may(role: string, statement: string): Promise<boolean> {
  succeed(await session.query("BEGIN"));
  succeed(await session.query(`SET LOCAL ROLE ${role}`));
  const reply = await session.query(statement);
  succeed(await session.query("ROLLBACK"));
  return !(reply instanceof Failure && reply.code === "PERMISSION_DENIED");
}

/** What the server refuses to anyone: TRUNCATE of a view, and any write to one that joins. */
function isNeverWritable(relation: string, privilege: string): boolean {
  return relation.endsWith(".v_run_overview") || (relation.includes(".v_") && privilege === "TRUNCATE");
}

test("the matrix holds 33 table privileges, 3 column UPDATEs and 13 view grants", () => {
  const governance = expandMatrix().filter(({ area }) => area === "governance");
  const count = (kind: string): number => governance.filter((item) => item.kind === kind).length;
  expect([count("tables"), count("columns"), count("views")]).toEqual([33, 3, 13]);
  expect([TABLES.length, VIEWS.length]).toEqual([12, 13]);
});

for (const role of privilegeMatrix.roles.map(({ name }) => name)) {
  test(`${role} may do what database.md lists and is refused everything else (42501)`, async () => {
    const seen = new Set<string>();
    for (const relation of [...TABLES, ...VIEWS, ...LIFECYCLE]) {
      const [column] = Object.keys(contractShape.relations[relation]?.columns ?? {});
      const statements: [privilege: string, statement: string][] = [
        ["SELECT", `SELECT * FROM ${relation} LIMIT 0`],
        ["INSERT", `INSERT INTO ${relation} DEFAULT VALUES`],
        ["UPDATE", `UPDATE ${relation} SET ${column} = ${column} WHERE false`],
        ["DELETE", `DELETE FROM ${relation} WHERE false`],
        ["TRUNCATE", `TRUNCATE ${relation}`],
      ];
      for (const [privilege, statement] of statements) {
        if (privilege !== "SELECT" && isNeverWritable(relation, privilege)) continue;
        if (await may(role, statement)) seen.add(`${role} ${privilege} ${relation}`);
      }
    }
    const want = [...ALLOWED].filter((line) => line.startsWith(`${role} `));
    expect([...seen].sort()).toEqual(want.sort());
  });
}

test("of all columns, the executing role updates three, and no other role any", async () => {
  const seen: string[] = [];
  for (const role of privilegeMatrix.roles.map(({ name }) => name)) {
    for (const table of TABLES) {
      for (const column of Object.keys(contractShape.relations[table]?.columns ?? {})) {
        const statement = `UPDATE ${table} SET ${column} = NULL WHERE false`;
        if (await may(role, statement)) seen.push(`${role} ${table.split(".")[1]}.${column}`);
      }
    }
  }
  expect(seen.sort()).toEqual(UPDATABLE.map((column) => `cutter_exec ${column}`).sort());
});

test("the executing role alone may call the four functions; the rehearsing role may become it", async () => {
  const calls = [
    "SELECT public.fn_iu_create(canonical_address => NULL, title => NULL, body => NULL, actor => NULL, " +
      "unit_kind => NULL, section_type => NULL, publication_type => NULL)",
    "SELECT public.fn_iu_enact(information_unit_id => NULL, actor => NULL)",
    "SELECT public.fn_iu_withdraw(information_unit_id => NULL, actor => NULL)",
    "SELECT public.fn_iu_revise(information_unit_id => NULL, title => NULL, body => NULL, actor => NULL)",
  ];
  for (const { name } of privilegeMatrix.roles) {
    const allowed = [];
    for (const call of calls) allowed.push(await may(name, call));
    expect({ name, allowed }).toEqual({ name, allowed: calls.map(() => name === "cutter_exec") });
  }
  const rehearse = await openRoleSession(database, "cutter_rehearse");
  for (const role of ["cutter_exec", "cutter_verify"]) {
    succeed(await rehearse.query(`SET ROLE ${role}`));
    succeed(await rehearse.query("SELECT count(*) FROM cutter_governance.run"));
  }
  await rehearse.close();
});
