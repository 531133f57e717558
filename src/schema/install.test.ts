import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createDatabase, prepareReference, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { type OwnServer, startServer } from "../../scripts/database/server.ts";
import { failed, openRoleSession, succeed } from "../../scripts/database/target.ts";
import type { Failure } from "../kernel/failure.ts";
import type { Session } from "../kernel/session/session.ts";
import { type InstallReport, installSchema } from "./install.ts";
import { lifecyclePieces, lifecycleRollbackPiece } from "./pieces.ts";
import { type UninstallOptions, type UninstallReport, uninstallSchema } from "./uninstall.ts";
import { verifySchema } from "./verify.ts";

const ROLES = ["context_pack_readonly", "cutter_exec", "cutter_rehearse", "cutter_ro", "cutter_verify"];
const CAREFUL: UninstallOptions = { rows: "refuse", roles: "keep" };

let database: TestDatabase;

beforeAll(async () => {
  const server = await testServer();
  await prepareReference(server);
  database = await createDatabase(server, { template: "empty" });
  letInstall(database, "workflow_admin");
});

afterEach(() => {
  database.psql(`DROP SCHEMA IF EXISTS cutter_governance CASCADE;
    DROP TABLE IF EXISTS iu_lifecycle_log, unit_version, information_unit, system_vocab;
    DROP FUNCTION IF EXISTS fn_iu_create, fn_iu_enact, fn_iu_withdraw, fn_iu_revise;
    DROP FUNCTION IF EXISTS fn_iu_enacted_immut, fn_uv_enacted_immut, fn_iu_enacted_truncate`);
});

afterAll(() => {
  database.drop();
});

/** What an operator grants beforehand. */
function letInstall({ psql, name }: TestDatabase, owner: string): void {
  psql(`GRANT CREATE ON DATABASE ${name} TO ${owner}; GRANT CREATE ON SCHEMA public TO ${owner}`);
}

async function as<T>(database: TestDatabase, role: string, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openRoleSession(database, role);
  const result = await work(session);
  expect(session.status()).toBe("I");
  await session.close();
  return result;
}

const install = (options: { role?: string; reference?: "load" | "omit" } = {}) =>
  as<InstallReport | Failure>(database, options.role ?? "workflow_admin", (session) =>
    installSchema(session, { reference: options.reference ?? "omit" }),
  );
const uninstall = (options: UninstallOptions = CAREFUL) =>
  as<UninstallReport | Failure>(database, "workflow_admin", (session) => uninstallSchema(session, options));

/** What autovacuum writes in place, at any time. */
const STATISTICS = "{relpages,reltuples,relallvisible,relallfrozen,relhasindex,relfrozenxid,relminmxid}";

/** Each row of these catalogs by its place and writer: any change shows, and what is removed again leaves no trace. */
function fingerprint(): string {
  const row = `(to_jsonb(t) - '${STATISTICS}'::text[])::text || xmin`;
  const catalogs =
    "namespace class proc attribute attrdef constraint trigger rewrite index depend description default_acl";
  const each = catalogs
    .split(" ")
    .map((name) => `SELECT '${name}', md5(string_agg(${row}, ',' ORDER BY ${row})) FROM pg_${name} AS t`);
  return database.psql(`${each.join(" UNION ALL ")} ORDER BY 1`);
}

/** Rows of ours, their writers included. */
function rows(): string {
  return database.psql(`SELECT md5(string_agg(t::text || xmin, ',' ORDER BY t::text)) FROM information_unit AS t
    UNION ALL SELECT count(*) || '' FROM cutter_governance.run UNION ALL SELECT count(*) || '' FROM system_vocab`);
}

describe("install", () => {
  test("as an owner who is no superuser: all of it, and no difference to the contract", async () => {
    const report = succeed(await install({ reference: "load" }));
    expect({ ...report, verified: report.verified.differences }).toEqual({
      lifecycle: "installed",
      reference: "loaded",
      rolesCreated: [],
      rolesKept: [...ROLES, "workflow_admin"],
      verified: [],
    });
    expect(report.verified.owner).toBe("workflow_admin");
    expect(database.psql("SELECT count(*) FROM information_unit")).toBe("158");
  });

  test("a second time it refuses and changes nothing", async () => {
    succeed(await install());
    const before = [fingerprint(), rows()];
    for (const role of ["workflow_admin", "postgres"]) {
      for (const reference of ["load", "omit"] as const) {
        expect(failed(await install({ role, reference })).code).toBe("SCHEMA_PRESENT");
      }
    }
    expect([fingerprint(), rows()]).toEqual(before);
    expect(database.psql("SELECT count(*) FROM information_unit")).toBe("0");
  });

  test("a superuser ends up owning nothing of it", async () => {
    const report = succeed(await install({ role: "postgres" }));
    expect([report.verified.owner, report.verified.differences]).toEqual(["workflow_admin", []]);
    const owned = "SELECT count(*) FROM pg_proc WHERE proowner = 10 AND pronamespace = 'public'::regnamespace";
    expect(database.psql(owned)).toBe("0");
  });

  test("so does one whose name SQL writes in quotes", async () => {
    const name = `Odd ${database.name}`;
    database.psql(`CREATE ROLE "${name}" SUPERUSER LOGIN`);
    const report = await install({ role: name, reference: "load" });
    const owned = database.psql(`SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = '${name}'`);
    database.psql(`DROP OWNED BY "${name}"; DROP ROLE "${name}"`);
    expect([succeed(report).verified.differences, owned]).toEqual([[], "0"]);
  });

  test("a role without the right to create refuses as the server does, and nothing stays", async () => {
    const before = fingerprint();
    const failure = failed(await install({ role: "cutter_exec" }));
    expect([failure.code, failure.facts.sqlstate]).toEqual(["PERMISSION_DENIED", "42501"]);
    expect(fingerprint()).toBe(before);
  });

  test("someone else's lifecycle is kept as it is, takes no reference data, and outlives the uninstall", async () => {
    for (const { sql } of lifecyclePieces) database.psql(sql);
    const refused = failed(await install({ reference: "load" }));
    expect([refused.code, refused.message]).toEqual(["SCHEMA_PRESENT", expect.stringContaining("reference data")]);
    const report = succeed(await install());
    expect(report.lifecycle).toBe("kept");
    expect(database.psql("SELECT DISTINCT relowner::regrole FROM pg_class WHERE relname = 'unit_version'")).toBe(
      "postgres",
    );
    expect(report.verified.differences.map(({ object }) => object)).toContain("public.unit_version");
    expect(succeed(await uninstall())).toEqual({ lifecycle: "kept", rolesDropped: [] });
    expect(database.psql("SELECT to_regclass('unit_version'), to_regnamespace('cutter_governance')")).toBe(
      "unit_version|",
    );
  });

  test("half a lifecycle is refused by name", async () => {
    database.psql("CREATE TABLE public.unit_version (theirs int)");
    const failure = failed(await install());
    expect([failure.code, failure.message]).toEqual(["SCHEMA_PRESENT", expect.stringContaining("public.unit_version")]);
  });
});

describe("the bundles by themselves", () => {
  test("each applied twice fails as a whole and changes nothing; the runbook reverses all of them", async () => {
    const empty = fingerprint();
    for (const { name, sql } of lifecyclePieces) {
      database.psql(sql, "workflow_admin");
      const once = fingerprint();
      expect(() => database.psql(sql, "workflow_admin")).toThrow("already exists");
      expect({ name, changed: fingerprint() !== once }).toEqual({ name, changed: false });
    }
    database.psql(lifecycleRollbackPiece.sql, "workflow_admin");
    expect(fingerprint()).toBe(empty);
    expect(() => database.psql(lifecycleRollbackPiece.sql, "workflow_admin")).toThrow("does not exist");
  });

  test("the runbook refuses while a row is not reference data, unless it is given up", async () => {
    for (const { sql } of lifecyclePieces) database.psql(sql);
    database.psql(`SELECT fn_iu_create(canonical_address => 'D/1', title => 'T', body => '', actor => 'someone',
      unit_kind => 'law_unit', section_type => 'article', publication_type => 'law')`);
    expect(() => database.psql(lifecycleRollbackPiece.sql)).toThrow("hold 2 rows that are not reference data");
    database.psql(`SET cutter.discard_rows = 'on'; ${lifecycleRollbackPiece.sql}`);
    expect(database.psql("SELECT to_regclass('information_unit')")).toBe("");
  });
});

describe("uninstall", () => {
  test("leaves the database as it was before the installation", async () => {
    const before = fingerprint();
    succeed(await install({ reference: "load" }));
    expect(fingerprint()).not.toBe(before);
    expect(succeed(await uninstall())).toEqual({ lifecycle: "removed", rolesDropped: [] });
    expect(fingerprint()).toBe(before);
    expect(failed(await uninstall()).code).toBe("OBJECT_MISSING");
  });

  const precious: [what: string, statement: string][] = [
    [
      "a run that is not reference data",
      `INSERT INTO cutter_governance.run (run_id, document_id, mode, state, target)
        VALUES ('r', 'D', 'live', 'CUT', '{}')`,
    ],
    [
      "a unit that someone cut",
      `SELECT fn_iu_create(canonical_address => 'D/1', title => 'T', body => '', actor => 'someone',
        unit_kind => 'law_unit', section_type => 'article', publication_type => 'law')`,
    ],
    ["a word that someone added", "INSERT INTO system_vocab VALUES ('vocab.unit_kind.theirs', 'Theirs')"],
  ];
  for (const [what, statement] of precious) {
    test(`refuses while there is ${what}, unless told to give it up`, async () => {
      succeed(await install({ reference: "load" }));
      database.psql(statement);
      const before = [fingerprint(), rows()];
      expect(failed(await uninstall()).code).toBe("SCHEMA_HOLDS_ROWS");
      expect([fingerprint(), rows()]).toEqual(before);
      expect(succeed(await uninstall({ rows: "discard", roles: "keep" })).lifecycle).toBe("removed");
    });
  }

  test("never takes along what others built on it", async () => {
    succeed(await install());
    database.psql("CREATE VIEW public.theirs AS SELECT run_id FROM cutter_governance.run");
    const before = fingerprint();
    expect(failed(await uninstall({ rows: "discard", roles: "keep" })).facts.sqlstate).toBe("2BP01");
    expect(fingerprint()).toBe(before);
  });
});

describe("on a cluster that has none of the roles", () => {
  let server: OwnServer;
  let fresh: TestDatabase;

  beforeAll(async () => {
    const { major } = await testServer();
    server = await startServer(major);
    fresh = await createDatabase(server, { template: "empty" });
    fresh.psql("CREATE ROLE app_owner LOGIN CREATEROLE");
    letInstall(fresh, "app_owner");
  });

  afterAll(() => server.stop());

  test("an owner who may create roles creates them without passwords, and what it owns is no difference", async () => {
    const report = succeed(await as(fresh, "app_owner", (session) => installSchema(session, { reference: "omit" })));
    expect({ ...report, verified: report.verified.differences }).toEqual({
      lifecycle: "installed",
      reference: "omitted",
      rolesCreated: ROLES,
      rolesKept: [],
      verified: [],
    });
    expect(report.verified.owner).toBe("app_owner");
    expect(fresh.psql("SELECT count(*) FROM pg_authid WHERE rolname LIKE 'cutter%' AND rolpassword IS NOT NULL")).toBe(
      "0",
    );
    const checked = await as(fresh, "cutter_exec", (session) => verifySchema(session));
    expect(succeed(checked).differences).toEqual([]);
  });

  test("uninstall drops the roles when asked, and the cluster is as it was", async () => {
    const options: UninstallOptions = { rows: "refuse", roles: "drop" };
    const report = succeed(await as(fresh, "app_owner", (session) => uninstallSchema(session, options)));
    expect([...report.rolesDropped].sort()).toEqual(ROLES);
    expect(fresh.psql("SELECT count(*) FROM pg_roles WHERE rolname ~ '^(cutter_|context_)'")).toBe("0");
  });
});
