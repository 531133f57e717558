/**
 * What leaves every table and every grant as the contract has it, and still takes the checks away: triggers that the
 * server keeps to itself, settings that a session begins with, what runs in our transactions or carries them elsewhere.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testMajor, testServer } from "../../scripts/database/database.ts";
import { openRoleSession, succeed } from "../../scripts/database/target.ts";
import type { Session } from "../kernel/session/session.ts";
import { parseBaseline, readBaseline } from "./baseline.ts";
import { type SchemaReport, verifyInside, verifySchema } from "./verify.ts";

let database: TestDatabase;
let session: Session;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  session = await openRoleSession(database);
});

afterEach(async () => {
  if (session.status() !== "I") succeed(await session.query("ROLLBACK"));
});

afterAll(async () => {
  await session.close();
  database.drop();
});

/** What verify says after these statements, which are rolled back. */
async function reportAfter(statements: readonly string[]): Promise<SchemaReport> {
  succeed(await session.query("BEGIN"));
  for (const statement of statements) succeed(await session.query(statement));
  succeed(await session.query("SET LOCAL search_path = pg_catalog"));
  const report = succeed(await verifyInside(session, {}));
  succeed(await session.query("ROLLBACK"));
  return report;
}

/** `change kind object`, the database's own name as `this`. */
function named({ differences }: SchemaReport): string[] {
  return differences
    .map(({ change, kind, object }) => `${change} ${kind} ${object.replace(database.name, "this")}`)
    .sort();
}

/** For statements that must name the database. */
function onThisDatabase(statement: string): string {
  return `DO $$BEGIN EXECUTE format('${statement}', pg_catalog.current_database()); END$$`;
}

const runPhase =
  "constraint cutter_governance.run_phase: FOREIGN KEY (run_id) REFERENCES cutter_governance.run(run_id)";
const withdraw = "public.fn_iu_withdraw(uuid, text)";
const invalidIndex = (name: string): string =>
  `UPDATE pg_catalog.pg_index SET indisvalid = false WHERE indexrelid = '${name}'::pg_catalog.regclass`;
const eventFunction = "CREATE FUNCTION public.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'";
const eventTrigger = "CREATE EVENT TRIGGER spy ON ddl_command_start EXECUTE FUNCTION public.f()";
const invalidForeignKey = [
  "ALTER TABLE cutter_governance.run_phase DROP CONSTRAINT run_phase_run_id_fkey",
  "ALTER TABLE cutter_governance.run_phase ADD FOREIGN KEY (run_id) REFERENCES cutter_governance.run NOT VALID",
];
const foreignKeyOfOthers = [
  "CREATE TABLE public.orders (unit uuid CONSTRAINT of_unit REFERENCES public.information_unit)",
  `DO $$DECLARE t name; BEGIN
    FOR t IN SELECT tgname FROM pg_catalog.pg_trigger AS g JOIN pg_catalog.pg_constraint AS k ON k.oid = g.tgconstraint
      WHERE k.conname = 'of_unit' AND g.tgrelid = 'public.information_unit'::pg_catalog.regclass
    LOOP EXECUTE format('ALTER TABLE public.information_unit DISABLE TRIGGER %I', t); END LOOP; END$$`,
];

const cases: [what: string, statements: string[], difference: string][] = [
  [
    "foreign keys, switched off where they are",
    ["ALTER TABLE cutter_governance.run_phase DISABLE TRIGGER ALL"],
    `different ${runPhase}`,
  ],
  ["a foreign key not checked for the rows that are there", invalidForeignKey, `different ${runPhase}`],
  [
    "a foreign key of others, switched off on a table of ours",
    foreignKeyOfOthers,
    "excess trigger public.information_unit.internal to of_unit of public.orders",
  ],
  [
    "a primary key whose index is not valid",
    [invalidIndex("cutter_governance.run_phase_pkey")],
    "different constraint cutter_governance.run_phase: PRIMARY KEY (run_id, phase, attempt)",
  ],
  [
    "an index that is not valid",
    [invalidIndex("cutter_governance.run_phase_done_once")],
    "different index cutter_governance.run_phase: UNIQUE btree (run_id, phase) WHERE (outcome = 'done'::text)",
  ],
  [
    "triggers off for a role",
    ["ALTER ROLE cutter_exec SET session_replication_role = replica"],
    "excess setting role cutter_exec: session_replication_role",
  ],
  ["any setting of a role", ["ALTER ROLE cutter_ro SET work_mem = 64"], "excess setting role cutter_ro: work_mem"],
  [
    "another search_path for a role in this database",
    [onThisDatabase("ALTER ROLE cutter_exec IN DATABASE %I SET search_path = evil")],
    "excess setting role cutter_exec in this database: search_path",
  ],
  [
    "a setting of the owner that decides what a statement does",
    ["ALTER ROLE workflow_admin SET row_security = off", "ALTER ROLE workflow_admin SET work_mem = 64"],
    "excess setting role workflow_admin: row_security",
  ],
  [
    "triggers off for the database",
    [onThisDatabase("ALTER DATABASE %I SET session_replication_role = replica")],
    "excess setting all roles in this database: session_replication_role",
  ],
  [
    "another isolation for all roles",
    ["ALTER ROLE ALL SET default_transaction_isolation = 'read committed'"],
    "excess setting all roles: default_transaction_isolation",
  ],
  ["an event trigger", [eventFunction, eventTrigger], "excess event trigger spy"],
  ["a publication of our tables", ["CREATE PUBLICATION feed FOR TABLE public.unit_version"], "excess publication feed"],
  ["a publication of all tables", ["CREATE PUBLICATION feed FOR ALL TABLES"], "excess publication feed"],
  [
    "CREATE on the database",
    [onThisDatabase("GRANT CREATE ON DATABASE %I TO cutter_exec")],
    "excess privilege CREATE on database this to cutter_exec",
  ],
  [
    "CREATE on the database for everyone",
    [onThisDatabase("GRANT CREATE ON DATABASE %I TO PUBLIC")],
    "excess privilege CREATE on database this to PUBLIC",
  ],
  [
    "the database given to a role of ours",
    [onThisDatabase("ALTER DATABASE %I OWNER TO cutter_exec")],
    "excess membership cutter_exec in pg_database_owner",
  ],
  [
    "a role that can no longer log in",
    ["ALTER ROLE cutter_verify VALID UNTIL '2020-01-01'"],
    "different role attribute cutter_verify: expired",
  ],
  [
    "a domain in our schema",
    ["CREATE DOMAIN cutter_governance.word AS text"],
    "excess object type cutter_governance.word",
  ],
  [
    "a type in our schema",
    ["CREATE TYPE cutter_governance.mood AS ENUM ('low')"],
    "excess object type cutter_governance.mood",
  ],
  [
    "a composite type in our schema",
    ["CREATE TYPE cutter_governance.pair AS (a int)"],
    "excess relation cutter_governance.pair",
  ],
  [
    "an operator in our schema",
    ["CREATE OPERATOR cutter_governance.= (leftarg = text, rightarg = text, function = pg_catalog.textne)"],
    "excess object operator cutter_governance.=(pg_catalog.text,pg_catalog.text)",
  ],
];

describe("each is named, and nothing else", () => {
  for (const [what, statements, difference] of cases) {
    test(what, async () => {
      expect(named(await reportAfter(statements))).toEqual([difference]);
    });
  }

  const properties = ["PARALLEL SAFE", "STRICT", "LEAKPROOF", "COST 1", "SUPPORT pg_catalog.array_unnest_support"];
  for (const property of properties) {
    test(`a function that became ${property}`, async () => {
      const report = await reportAfter([`ALTER FUNCTION ${withdraw} ${property}`]);
      expect(named(report)).toEqual(["different function public.fn_iu_withdraw"]);
    });
  }

  test("a foreign key that is switched off where it points to, for each table that points there", async () => {
    const seen = named(await reportAfter(["ALTER TABLE cutter_governance.run DISABLE TRIGGER ALL"]));
    expect(seen).toContain(`different ${runPhase}`);
    expect(seen.filter((line) => !/^different constraint .*: FOREIGN KEY /.test(line))).toEqual([]);
  });

  test("a range in our schema, with its constructors, and without the multirange that comes with it", async () => {
    const options = "subtype = int, multirange_type_name = cutter_governance.spans";
    const seen = named(await reportAfter([`CREATE TYPE cutter_governance.span AS RANGE (${options})`]));
    expect(seen.filter((line) => !line.startsWith("excess function cutter_governance.span"))).toEqual([
      "excess object type cutter_governance.span",
    ]);
  });

  test("two indexes that say the same, of which one is not valid", async () => {
    const twin = "CREATE UNIQUE INDEX twin ON cutter_governance.run_phase (run_id, phase) WHERE outcome = 'done'";
    const index = "cutter_governance.run_phase: UNIQUE btree (run_id, phase) WHERE (outcome = 'done'::text)";
    for (const broken of ["cutter_governance.twin", "cutter_governance.run_phase_done_once"]) {
      expect(named(await reportAfter([twin, invalidIndex(broken)]))).toEqual([`different index ${index}`]);
    }
  });

  if (testMajor() >= 18) {
    test("what newer servers leave unchecked: NOT NULL, and a foreign key", async () => {
      const unchecked = [
        "ALTER TABLE cutter_governance.run ALTER fence DROP NOT NULL",
        "ALTER TABLE cutter_governance.run ADD CONSTRAINT given NOT NULL fence NOT VALID",
        "ALTER TABLE cutter_governance.run_phase ALTER CONSTRAINT run_phase_run_id_fkey NOT ENFORCED",
      ];
      expect(named(await reportAfter(unchecked))).toEqual([
        "different column cutter_governance.run.fence",
        `different ${runPhase}`,
      ]);
    });
  }

  test("in words: the foreign key is not enforced", async () => {
    const { differences } = await reportAfter(["ALTER TABLE cutter_governance.run_phase DISABLE TRIGGER ALL"]);
    expect(differences[0]?.actual).toBe("present; is not enforced: internal triggers are switched off");
  });

  test("a setting of an application without its value, which may be a secret", async () => {
    const { differences } = await reportAfter(["ALTER ROLE cutter_exec SET app.token = 'hunter2'"]);
    expect(differences.map(({ object, actual }) => [object, actual])).toEqual([["role cutter_exec: app.token", "set"]]);
  });
});

describe("what is no difference", () => {
  const harmless: [why: string, statements: string[]][] = [
    ["settings of others", ["CREATE ROLE a_stranger", "ALTER ROLE a_stranger SET search_path = theirs"]],
    ["a database's own taste", [onThisDatabase("ALTER DATABASE %I SET work_mem = 64")]],
    [
      "a publication of other tables",
      ["CREATE TABLE public.orders ()", "CREATE PUBLICATION p FOR TABLE public.orders"],
    ],
    ["an event trigger that is off", [eventFunction, eventTrigger, "ALTER EVENT TRIGGER spy DISABLE"]],
    ["a password that is still good", ["ALTER ROLE cutter_verify VALID UNTIL '2999-01-01'"]],
    ["a type of others in public", ["CREATE DOMAIN public.word AS text"]],
  ];
  for (const [why, statements] of harmless) {
    test(why, async () => {
      const { differences, remarks } = await reportAfter(statements);
      expect({ differences, remarks: remarks.filter((remark) => !remark.startsWith("PUBLIC ")) }).toEqual({
        differences: [],
        remarks: [],
      });
    });
  }

  test("a name of pg_catalog in public, which is remarked", async () => {
    const operator = "CREATE OPERATOR public.= (leftarg = text, rightarg = text, function = pg_catalog.textne)";
    const { differences, remarks } = await reportAfter([operator]);
    expect(differences).toEqual([]);
    expect(remarks.join("\n")).toContain("operator public.=(pg_catalog.text,pg_catalog.text)");
  });

  test("an event trigger that is an extension's, which is remarked", async () => {
    const extended = "ALTER EXTENSION plpgsql ADD EVENT TRIGGER spy";
    const { differences, remarks } = await reportAfter([eventFunction, eventTrigger, extended]);
    expect(differences).toEqual([]);
    expect(remarks.join("\n")).toContain("event trigger spy is part of the extension plpgsql");
  });
});

describe("a baseline", () => {
  const around = [
    ["ALTER TABLE cutter_governance.run_phase DISABLE TRIGGER ALL"],
    ["CREATE PUBLICATION feed FOR ALL TABLES"],
    [eventFunction, eventTrigger],
    ["CREATE DOMAIN cutter_governance.word AS text"],
    [onThisDatabase("ALTER DATABASE %I SET search_path = public")],
    [`ALTER FUNCTION ${withdraw} COST 7`],
  ].flat();
  // Settings of a role in this database alone: the server is shared with other tests.
  const rights = [
    onThisDatabase("ALTER ROLE cutter_exec IN DATABASE %I SET session_replication_role = replica"),
    onThisDatabase("GRANT CREATE ON DATABASE %I TO cutter_exec"),
  ];

  test("accepts what stands around our objects, and never what a role may do or begins with", async () => {
    database.psql([...around, ...rights, ""].join(";\n"));
    const read = succeed(await readBaseline(session));
    const baseline = succeed(parseBaseline(JSON.stringify(read), "baseline.json"));
    const report = succeed(await verifySchema(session, { baseline }));
    expect(named(report)).toEqual([
      "excess privilege CREATE on database this to cutter_exec",
      "excess setting role cutter_exec in this database: session_replication_role",
    ]);
    const { surroundings: _, ...older } = read.shape;
    const old = succeed(parseBaseline(JSON.stringify({ ...read, shape: older }), "older.json"));
    expect(named(succeed(await verifySchema(session, { baseline: old })))).toEqual([
      "excess event trigger spy",
      "excess object type cutter_governance.word",
      "excess privilege CREATE on database this to cutter_exec",
      "excess publication feed",
      "excess setting all roles in this database: search_path",
      "excess setting role cutter_exec in this database: session_replication_role",
    ]);
  });
});
