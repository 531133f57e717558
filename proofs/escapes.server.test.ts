/**
 * escapes.server.test: ways by which something once stayed while the battery said 7/7: each is refused by PROOF-4 with
 * its name, nothing is left, and a neighbour of each that is harmless is not refused.
 *
 * `outside()` commits a row through dblink, as the superuser who owns it; the role that proves owns only its tables.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { ALL_PASS, type BatteryOrder, batteryReport, proofOf, verdicts } from "../scripts/database/battery.ts";
import { createDatabase, type TestDatabase, testServer } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";
import { TEST_PASSWORD } from "../scripts/database/server.ts";
import { knownEscape } from "../src/kernel/rollback-only/escape-names.ts";
import type { BatteryReport } from "../src/report/battery.ts";

const ROLE = "escape_owner";

const WORLD = `
DO $$ BEGIN CREATE ROLE ${ROLE} LOGIN PASSWORD '${TEST_PASSWORD}'; EXCEPTION WHEN duplicate_object THEN END $$;
CREATE EXTENSION dblink;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
CREATE TABLE public.log (note text UNIQUE);
CREATE FUNCTION public.outside(note text) RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  PERFORM public.dblink_exec('@self@', format('INSERT INTO log VALUES (%L) ON CONFLICT DO NOTHING', note));
  RETURN 1; END $$;
GRANT CREATE, USAGE ON SCHEMA public TO ${ROLE};
SET ROLE ${ROLE};
CREATE TABLE public.orders (id int PRIMARY KEY, note text);
INSERT INTO public.orders SELECT g, 'n' FROM generate_series(1, 100) AS g;
`;

/** `outside()` is known by what it calls, and by its owner's powers. */
const OUTSIDE = ["dblink"];

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  const { server, name } = database;
  const self = `host=${server.socketDirectory} port=${server.port} dbname=${name} user=postgres`;
  database.psql(WORLD.replace("@self@", self));
});

afterAll(() => database.drop());

type More = Partial<BatteryOrder> & { readonly role?: string };

function prove(sql: string, { role = ROLE, flags, ...more }: More = {}): Promise<BatteryReport> {
  const url = database.socketUrl(role);
  return batteryReport({ url, flags: { ...flags, sql: fileWith("x.sql", sql) }, ...more });
}

/** What PROOF-4 refused by name, and what is in the log of what stayed. */
function outcome(report: BatteryReport): unknown[] {
  const names = proofOf(report, 4).failure?.facts.names ?? verdicts(report).join();
  return [names, database.psql("SELECT coalesce(string_agg(note, ','), '') FROM public.log")];
}

/** Made by the superuser for one test and dropped again. */
async function within(setUp: string, tearDown: string, work: () => Promise<void>): Promise<void> {
  database.psql(setUp);
  try {
    await work();
  } finally {
    database.psql(`${tearDown}; TRUNCATE public.log`);
  }
}

describe("TRUNCATE … CASCADE", () => {
  const SET_UP = `CREATE TABLE public.parent (id int PRIMARY KEY);
    CREATE TABLE public.child (id int PRIMARY KEY REFERENCES public.parent);
    CREATE TABLE public.grandchild (id int REFERENCES public.child);
    CREATE FUNCTION public.at_truncate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      PERFORM public.outside('truncate'); RETURN NULL; END $$;
    CREATE TRIGGER t BEFORE TRUNCATE ON public.grandchild EXECUTE FUNCTION public.at_truncate();
    CREATE FUNCTION public.empties() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
      TRUNCATE public.parent CASCADE; END $$;
    ALTER TABLE public.parent OWNER TO ${ROLE}; ALTER TABLE public.child OWNER TO ${ROLE};
    ALTER TABLE public.grandchild OWNER TO ${ROLE}; GRANT EXECUTE ON FUNCTION public.empties() TO ${ROLE}`;
  const TEAR_DOWN = `DROP TABLE public.parent, public.child, public.grandchild;
    DROP FUNCTION public.at_truncate(), public.empties()`;

  test("leads to every table whose key refers to one that is emptied, from a body too", () =>
    within(SET_UP, TEAR_DOWN, async () => {
      for (const script of ["TRUNCATE public.parent CASCADE", "SELECT public.empties()"]) {
        expect([script, ...outcome(await prove(script))]).toEqual([script, OUTSIDE, ""]);
      }
      expect(verdicts(await prove("INSERT INTO public.parent VALUES (1)"))).toEqual(ALL_PASS);
    }));
});

describe("ANALYZE of no table by name is ANALYZE of all", () => {
  const SET_UP = `CREATE FUNCTION public.indexed(int) RETURNS int LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER AS $$
    BEGIN
      PERFORM public.outside('analyze'); RETURN 1; END $$;
    CREATE TABLE public.odd (a int);
    CREATE INDEX ON public.odd (public.indexed(a));
    INSERT INTO public.odd VALUES (1); TRUNCATE public.log;
    CREATE FUNCTION public.analyses() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ANALYZE; END $$;
    GRANT EXECUTE ON FUNCTION public.indexed(int), public.analyses() TO ${ROLE};
    ALTER TABLE public.odd OWNER TO ${ROLE}`;

  test("and runs what their indexes and statistics compute", () =>
    within(SET_UP, "DROP TABLE public.odd; DROP FUNCTION public.indexed(int), public.analyses()", async () => {
      for (const script of ["ANALYZE", "ANALYZE VERBOSE", "SELECT public.analyses()"]) {
        expect([script, ...outcome(await prove(script))]).toEqual([script, OUTSIDE, ""]);
      }
      expect(verdicts(await prove("ANALYZE public.orders"))).toEqual(ALL_PASS);
    }));

  test("and reads foreign children", () =>
    within(
      `CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
       CREATE TABLE public.family (line text);
       CREATE FOREIGN TABLE public.far () INHERITS (public.family) SERVER files OPTIONS (program 'echo 1')`,
      "DROP TABLE public.family CASCADE; DROP EXTENSION file_fdw CASCADE",
      async () => {
        const asSuperuser = { role: "postgres", options: { allowances: ["superuser"] } };
        expect(outcome(await prove("ANALYZE", asSuperuser))).toEqual([["foreign-table:public.far"], ""]);
      },
    ));
});

describe("an event trigger that is disabled", () => {
  const SET_UP = `CREATE FUNCTION public.at_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      PERFORM public.outside('event'); END $$;
    CREATE EVENT TRIGGER "At DDL" ON ddl_command_start EXECUTE FUNCTION public.at_ddl();
    ALTER EVENT TRIGGER "At DDL" DISABLE;
    CREATE FUNCTION public.enables() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      ALTER EVENT TRIGGER "At DDL" ENABLE; END $$`;
  const TEAR_DOWN = `DROP EVENT TRIGGER "At DDL"; DROP FUNCTION public.at_ddl(), public.enables()`;
  const asSuperuser = { role: "postgres", options: { allowances: ["superuser"] } };

  test("is followed where the script names it, and is no matter of other scripts", () =>
    within(SET_UP, TEAR_DOWN, async () => {
      for (const enables of [
        `ALTER EVENT TRIGGER "At DDL" ENABLE`,
        "SELECT public.enables()",
        "UPDATE pg_event_trigger SET evtenabled = 'O'",
      ]) {
        const report = await prove(`${enables}; CREATE TABLE public.made ()`, asSuperuser);
        expect([enables, ...outcome(report)]).toEqual([enables, OUTSIDE, ""]);
      }
      expect(verdicts(await prove("CREATE TABLE public.made ()", asSuperuser))).toEqual(ALL_PASS);
    }));
});

describe("counting runs policies and views, in the session of the witness", () => {
  const SET_UP = `CREATE FUNCTION public.hides() RETURNS bool LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
      PERFORM public.outside('counted'); RETURN true; END $$;
    CREATE TABLE public.guarded (a int); ALTER TABLE public.guarded ENABLE ROW LEVEL SECURITY;
    INSERT INTO public.guarded VALUES (1);
    CREATE POLICY p ON public.guarded USING (public.hides());
    CREATE VIEW public.shown AS SELECT 1 AS a WHERE public.hides();
    GRANT EXECUTE ON FUNCTION public.hides() TO ${ROLE}; GRANT SELECT ON public.shown TO ${ROLE}`;
  const TEAR_DOWN = "DROP VIEW public.shown; DROP TABLE public.guarded; DROP FUNCTION public.hides()";
  const SCRIPT = "INSERT INTO public.orders VALUES (101, 'x')";

  test("a policy of a relation that the script never names", () =>
    within(`${SET_UP}; GRANT SELECT ON public.guarded TO ${ROLE}`, TEAR_DOWN, async () => {
      expect(outcome(await prove(SCRIPT))).toEqual([OUTSIDE, ""]);
      const report = await batteryReport({ url: database.socketUrl(ROLE) });
      expect(outcome(report)).toEqual([OUTSIDE, ""]);
      expect(proofOf(report, 4).summary).toMatch(/by counting.*reading runs policy p on table public\.guarded/);
    }));

  test("a view that is to be watched, and none that is not or cannot be read", () =>
    within(SET_UP, TEAR_DOWN, async () => {
      expect(outcome(await prove(SCRIPT, { flags: { watch: ["public.shown"] } }))).toEqual([OUTSIDE, ""]);
      expect(outcome(await prove(SCRIPT))).toEqual([ALL_PASS.join(), ""]);
      const other = { witnessUrl: database.socketUrl("postgres") };
      expect(outcome(await prove(SCRIPT, other))).toEqual([ALL_PASS.join(), ""]);
    }));
});

describe("functions are known by what they are, not only by what they are called", () => {
  test("an extension's function that was renamed", () =>
    within(
      `ALTER FUNCTION public.dblink_exec(text, text) RENAME TO run_far;
       GRANT EXECUTE ON FUNCTION public.run_far(text, text) TO ${ROLE}`,
      `REVOKE EXECUTE ON FUNCTION public.run_far(text, text) FROM ${ROLE};
       ALTER FUNCTION public.run_far(text, text) RENAME TO dblink_exec`,
      async () => {
        const self = `host=${database.server.socketDirectory} port=${database.server.port} dbname=${database.name}`;
        const call = `public.run_far('${self} user=postgres', 'INSERT INTO log VALUES (1)')`;
        expect(outcome(await prove(`SELECT ${call}`))).toEqual([["dblink"], ""]);
        // A body that names it, and makes the rest at run time: a power by its symbol too.
        expect(outcome(await prove("DO $$ BEGIN EXECUTE 'SELECT 1' || ''; END $$"))).toEqual([["dynamic-sql"], ""]);
      },
    ));

  test("what is compiled is known by its name in its library", () => {
    const symbols = ["http_request", "pg_file_write_v1_1", "pg_stat_statements_reset_1_7", "pg_background_launch_v2"];
    for (const symbol of [...symbols, "dblink_record", "be_lo_export", "http", "http_get"]) {
      expect([symbol, knownEscape(symbol)?.weight]).toEqual([symbol, "refused"]);
    }
    for (const other of ["httpd", "http_status", "bytea_to_text", "urlencode", "pg_file_read"]) {
      expect([other, knownEscape(other)]).toEqual([other, null]);
    }
  });
});

describe("SQL made at run time", () => {
  const asleep = async (work: (pid: string) => Promise<void>): Promise<void> => {
    const { SQL } = Bun;
    const other = new SQL({ url: database.url(ROLE), max: 1 });
    try {
      const [before] = await other`SELECT pg_backend_pid() AS pid`;
      await work(`${before.pid}`);
      const [after] = await other`SELECT pg_backend_pid() AS pid`;
      expect(after.pid).toBe(before.pid);
    } finally {
      await other.end();
    }
  };

  test("may end the sessions of its own role, so it is refused, and can be accepted by name", () =>
    asleep(async (pid) => {
      const kills = `DO $$ BEGIN EXECUTE 'SELECT pg_termin' || 'ate_backend(${pid})'; END $$`;
      const report = await prove(kills);
      expect(outcome(report)).toEqual([["dynamic-sql"], ""]);
      expect(proofOf(report, 4).failure).toMatchObject({
        message: expect.stringMatching(/cannot be read beforehand, in the script;.*pg_terminate_backend.*escape_owner/),
        hint: expect.stringContaining("--allow-escape dynamic-sql"),
      });
      const harmless = "DO $$ BEGIN EXECUTE 'SELECT ' || 1; END $$";
      expect(outcome(await prove(harmless, { flags: { "allow-escape": ["dynamic-sql"] } }))).toEqual([
        ALL_PASS.join(),
        "",
      ]);
    }));
});

test("a message is inside the transaction only where its first argument is the word true", async () => {
  for (const first of ["true AND false", "true::text = 'x'", "false", "true IS NULL"]) {
    const call = `pg_logical_emit_message(${first}, 'a', 'b')`;
    expect(outcome(await prove(`DO $$ BEGIN PERFORM ${call}; END $$`))).toEqual([["pg_logical_emit_message"], ""]);
    expect(outcome(await prove(`SELECT ${call}`))).toEqual([["pg_logical_emit_message"], ""]);
  }
  const inside = "pg_logical_emit_message(true, 'a', 'b')";
  expect(verdicts(await prove(`DO $$ BEGIN PERFORM ${inside}; END $$; SELECT ${inside}`))).toEqual(ALL_PASS);
});
