import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { failed, openRoleSession, succeed } from "../../scripts/database/target.ts";
import type { Session } from "../kernel/session/session.ts";
import { parseBaseline, readBaseline } from "./baseline.ts";
import { contractDifferences, readContract } from "./contract.ts";
import { verifyInside, verifySchema } from "./verify.ts";

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

/** Differences after these statements, which are rolled back: `change kind object`. */
async function differencesAfter(statements: readonly string[]): Promise<string[]> {
  succeed(await session.query("BEGIN"));
  for (const statement of statements) succeed(await session.query(statement));
  succeed(await session.query("SET LOCAL search_path = pg_catalog"));
  const { differences } = succeed(await verifyInside(session, {}));
  succeed(await session.query("ROLLBACK"));
  return differences.map(({ change, kind, object }) => `${change} ${kind} ${object}`).sort();
}

test("a fresh installation has no difference, for an ordinary role too", async () => {
  for (const role of ["postgres", "workflow_admin", "cutter_exec", "cutter_ro", "context_pack_readonly"]) {
    const asked = role === "cutter_ro" ? session : await openRoleSession(database, role);
    if (role === "cutter_ro") succeed(await session.query("SET ROLE cutter_ro"));
    const { differences, checked, owner } = succeed(await verifySchema(asked));
    if (role === "cutter_ro") succeed(await session.query("RESET ROLE"));
    else await asked.close();
    expect({ role, differences, owner }).toEqual({ role, differences: [], owner: "workflow_admin" });
    expect(checked).toMatchObject({ schema: 1, relation: 29, function: 7, trigger: 4, role: 5, membership: 2 });
    expect(checked.privilege).toBe(33 + 3 + 13 + 3 + 12 + 4);
  }
});

describe("the four differences of an operator's bad day are exactly the four that are named", () => {
  const surroundings = [
    "GRANT DELETE ON cutter_governance.run TO cutter_exec",
    "REVOKE SELECT ON cutter_governance.run_phase FROM cutter_verify",
    "ALTER TABLE public.information_unit DISABLE TRIGGER trg_iu_enacted_immut",
  ];
  const named = [
    "different trigger public.information_unit.trg_iu_enacted_immut",
    "excess privilege DELETE on cutter_governance.run to cutter_exec",
    "missing privilege SELECT on cutter_governance.run_phase to cutter_verify",
  ];
  const withdraw = "public.fn_iu_withdraw(uuid, text)";
  const replacement =
    "CREATE FUNCTION public.fn_iu_withdraw(unit uuid) RETURNS jsonb LANGUAGE sql AS 'SELECT null::jsonb'";
  const functionChanges: [what: string, statements: string[]][] = [
    ["SECURITY DEFINER taken away", [`ALTER FUNCTION ${withdraw} SECURITY INVOKER`]],
    ["another signature", [`DROP FUNCTION ${withdraw}`, replacement]],
    ["search_path no longer pinned", [`ALTER FUNCTION ${withdraw} RESET search_path`]],
  ];
  for (const [what, statements] of functionChanges) {
    test(what, async () => {
      const seen = await differencesAfter([...surroundings, ...statements]);
      expect(seen).toEqual(["different function public.fn_iu_withdraw", ...named].sort());
    });
  }
});

describe("each single change is named once", () => {
  const cases: [statement: string, difference: string][] = [
    ["GRANT SELECT ON cutter_governance.run TO PUBLIC", "excess privilege SELECT on cutter_governance.run to PUBLIC"],
    [
      "GRANT UPDATE (outcome) ON cutter_governance.run_phase TO cutter_exec",
      "excess privilege UPDATE on cutter_governance.run_phase.outcome to cutter_exec",
    ],
    [
      "REVOKE UPDATE (fence) ON cutter_governance.run FROM cutter_exec",
      "missing privilege UPDATE on cutter_governance.run.fence to cutter_exec",
    ],
    [
      "GRANT SELECT ON cutter_governance.run TO cutter_exec WITH GRANT OPTION",
      "different privilege SELECT on cutter_governance.run to cutter_exec",
    ],
    [
      "GRANT EXECUTE ON FUNCTION public.fn_iu_create TO PUBLIC",
      "excess privilege EXECUTE on public.fn_iu_create to PUBLIC",
    ],
    [
      "REVOKE EXECUTE ON FUNCTION public.fn_iu_enact FROM cutter_exec",
      "missing privilege EXECUTE on public.fn_iu_enact to cutter_exec",
    ],
    [
      "GRANT INSERT ON public.unit_version TO cutter_exec",
      "excess privilege INSERT on public.unit_version to cutter_exec",
    ],
    [
      "GRANT CREATE ON SCHEMA cutter_governance TO cutter_exec",
      "excess privilege CREATE on schema cutter_governance to cutter_exec",
    ],
    ["GRANT CREATE ON SCHEMA public TO cutter_ro", "excess privilege CREATE on schema public to cutter_ro"],
    ["GRANT cutter_exec TO cutter_verify", "excess membership cutter_verify in cutter_exec"],
    ["GRANT pg_monitor TO cutter_exec", "excess membership cutter_exec in pg_monitor"],
    ["REVOKE cutter_verify FROM cutter_rehearse", "missing membership cutter_rehearse in cutter_verify"],
    ["ALTER ROLE cutter_verify SUPERUSER", "different role attribute cutter_verify: superuser"],
    ["ALTER ROLE cutter_exec BYPASSRLS", "different role attribute cutter_exec: bypassRls"],
    ["ALTER ROLE cutter_exec CONNECTION LIMIT 3", "different role attribute cutter_exec: connectionLimit"],
    ["ALTER ROLE cutter_rehearse INHERIT", "different role attribute cutter_rehearse: inherit"],
    ["ALTER ROLE workflow_admin SUPERUSER", "different role attribute workflow_admin: superuser"],
    [
      "ALTER DEFAULT PRIVILEGES FOR ROLE workflow_admin GRANT SELECT ON TABLES TO PUBLIC",
      "excess default privilege SELECT on new tables of workflow_admin in any schema to PUBLIC",
    ],
    ["CREATE TABLE cutter_governance.notes (n int)", "excess relation cutter_governance.notes"],
    [
      "CREATE FUNCTION cutter_governance.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "excess function cutter_governance.f",
    ],
    ["ALTER TABLE public.unit_version ADD COLUMN note text", "excess column public.unit_version.note"],
    ["ALTER TABLE cutter_governance.run ALTER fence DROP DEFAULT", "different column cutter_governance.run.fence"],
    ["ALTER TABLE cutter_governance.run OWNER TO postgres", "different relation cutter_governance.run"],
    ["ALTER TABLE public.unit_version ENABLE ROW LEVEL SECURITY", "different relation public.unit_version"],
    ["DROP VIEW cutter_governance.v_run_phase", "missing relation cutter_governance.v_run_phase"],
    ["CREATE RULE r AS ON INSERT TO public.unit_version DO INSTEAD NOTHING", "excess rule public.unit_version.r"],
    [
      "DROP TRIGGER trg_uv_enacted_immut ON public.unit_version",
      "missing trigger public.unit_version.trg_uv_enacted_immut",
    ],
    [
      "DROP INDEX cutter_governance.run_phase_done_once",
      "missing index cutter_governance.run_phase: UNIQUE btree (run_id, phase) WHERE (outcome = 'done'::text)",
    ],
    [
      "ALTER TABLE cutter_governance.run DROP CONSTRAINT run_fence_check",
      "missing constraint cutter_governance.run: CHECK ((fence >= 0))",
    ],
    [
      "CREATE FUNCTION public.fn_iu_enact(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
      "excess function public.fn_iu_enact(a integer)",
    ],
  ];
  for (const [statement, difference] of cases) {
    test(statement, async () => {
      const seen = await differencesAfter([statement]);
      expect(seen).toEqual([difference]);
    });
  }

  test("what is missing as a whole is named once, not with all that hangs on it", async () => {
    expect(await differencesAfter(["DROP SCHEMA cutter_governance CASCADE"])).toEqual([
      "missing schema cutter_governance",
    ]);
    expect(await differencesAfter(["DROP TABLE public.iu_lifecycle_log"])).toEqual([
      "missing relation public.iu_lifecycle_log",
    ]);
  });
});

describe("what is no difference", () => {
  const cases: [why: string, statements: string[]][] = [
    ["tables of others in public", ["CREATE TABLE public.orders (id int)", "GRANT ALL ON public.orders TO PUBLIC"]],
    ["a person in the group that is for people", ["CREATE ROLE a_reader", "GRANT cutter_ro TO a_reader"]],
    ["names of constraints", ["ALTER TABLE cutter_governance.run RENAME CONSTRAINT run_fence_check TO fence_is_sane"]],
    ["another text of a function", [bodyOf("fn_iu_enacted_immut", "RAISE EXCEPTION 'no'")]],
    [
      "the optional parts, gone",
      [
        "DROP FUNCTION public.fn_iu_revise(uuid, text, text, text)",
        "DROP FUNCTION public.fn_iu_enacted_truncate() CASCADE",
      ],
    ],
  ];
  for (const [why, statements] of cases) {
    test(why, async () => {
      expect(await differencesAfter(statements)).toEqual([]);
    });
  }
});

function bodyOf(name: string, body: string): string {
  const settings = "LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp";
  return `CREATE OR REPLACE FUNCTION public.${name}() RETURNS trigger ${settings} AS $$BEGIN ${body}; END$$`;
}

describe("a baseline", () => {
  test("survives its file, and shows a changed text of a function or view, and nothing else", async () => {
    const read = succeed(await readBaseline(session));
    const baseline = succeed(parseBaseline(JSON.stringify(read), "baseline.json"));
    expect(succeed(await verifySchema(session, { baseline })).differences).toEqual([]);
    database.psql(bodyOf("fn_iu_enacted_immut", "RETURN NEW"));
    database.psql("CREATE OR REPLACE VIEW cutter_governance.v_run AS SELECT * FROM cutter_governance.run WHERE false");
    const { differences, comparedWith } = succeed(await verifySchema(session, { baseline }));
    expect(comparedWith).toBe("baseline");
    expect(differences.map(({ kind, object, change }) => ({ kind, object, change }))).toEqual([
      { kind: "body", object: "cutter_governance.v_run", change: "different" },
      { kind: "body", object: "public.fn_iu_enacted_immut", change: "different" },
    ]);
    expect(succeed(await verifySchema(session)).differences).toEqual([]);
  });

  test("accepts a shape that is not the contract's, but never another right", async () => {
    database.psql("ALTER TABLE public.unit_version ADD COLUMN theirs text");
    const baseline = succeed(await readBaseline(session));
    database.psql("GRANT DELETE ON public.unit_version TO cutter_exec");
    const { differences } = succeed(await verifySchema(session, { baseline }));
    expect(differences.map(({ object }) => object)).toEqual(["DELETE on public.unit_version to cutter_exec"]);
    database.psql("REVOKE DELETE ON public.unit_version FROM cutter_exec");
  });

  test("is refused where it is not JSON, or not a baseline", () => {
    for (const text of ["", "{}", '{"schema":"cutter.schema-baseline/v1"}', '{"schema":"other"}']) {
      expect(failed(parseBaseline(text, "b.json")).code).toBe("CONFIG_INVALID");
    }
  });
});

test("the contract as PROOF-4 reads it differs only where a function or a family of words is missing", async () => {
  const asExecutor = await openRoleSession(database, "cutter_exec");
  const contract = succeed(await readContract(asExecutor));
  await asExecutor.close();
  expect(contractDifferences(contract)).toEqual([]);
  expect(contract.vocabulary.publication_type).toContain("law");
  const [, ...others] = contract.functions;
  expect(contractDifferences({ ...contract, functions: others }).map(({ what }) => what)).toEqual([
    "public.fn_iu_create",
  ]);
  const wordless = { ...contract.vocabulary, section_type: [] };
  expect(contractDifferences({ ...contract, vocabulary: wordless }).map(({ what }) => what)).toEqual([
    "vocab.section_type",
  ]);
});
