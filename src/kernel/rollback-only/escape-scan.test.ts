/**
 * Tests of the escape scan: what a script reaches, directly, by way of the catalog, or by text that it makes itself.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { stopTestServers, type TestDatabase } from "../../../scripts/database/database.ts";
import { makeShop, sessionOn } from "../../../scripts/database/shop.ts";
import { Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";
import { scanEscapes } from "./escape-scan.ts";
import { parseScript } from "./script.ts";

const OUTSIDE = `
CREATE EXTENSION dblink; CREATE EXTENSION pgcrypto; CREATE EXTENSION file_fdw;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION digest(text, text) TO PUBLIC;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE shop.lines (line text) SERVER files OPTIONS (filename '/etc/hostname');
CREATE VIEW shop.lines_view AS SELECT * FROM shop.lines;
CREATE FUNCTION shop.deepest() RETURNS int LANGUAGE plpgsql AS $$
  BEGIN PERFORM public.dblink_connect('x'); RETURN 1; END $$;
CREATE FUNCTION shop.deeper() RETURNS int LANGUAGE sql AS $$ SELECT shop.deepest() $$;
CREATE FUNCTION shop.deep() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN shop.deeper(); END $$;
CREATE FUNCTION shop.exports() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN COPY shop.audit TO PROGRAM 'cat'; RETURN NULL; END $$;
CREATE TABLE shop.child (customer int REFERENCES shop.customer ON DELETE CASCADE);
CREATE TRIGGER exports AFTER DELETE ON shop.child FOR EACH ROW EXECUTE FUNCTION shop.exports();
CREATE FUNCTION shop.modern() RETURNS bool LANGUAGE sql BEGIN ATOMIC SELECT pg_reload_conf(); END;
CREATE TABLE shop.checked (a int CHECK (shop.modern()));
CREATE FUNCTION shop.builds() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('ANALYZE %I', 'x'); END $$;
CREATE FUNCTION shop.same(int, int) RETURNS bool LANGUAGE sql AS $$ SELECT pg_switch_wal() IS NULL $$;
CREATE OPERATOR shop.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = shop.same);
CREATE FUNCTION shop.compiled() RETURNS int LANGUAGE internal AS 'pg_backend_pid';
`;

let shop: TestDatabase;
let owner: Session;

beforeAll(async () => {
  shop = await makeShop();
  shop.psql(OUTSIDE);
  owner = await sessionOn(shop, "shop_guest");
});

afterAll(async () => {
  await owner?.close();
  shop?.drop();
  await stopTestServers();
});

async function scan(text: string, allowed: readonly string[] = []): Promise<string[]> {
  const script = await parseScript(text);
  if (script instanceof Failure) throw new Error(script.message);
  const escapes = await scanEscapes(owner, script, allowed);
  if (escapes instanceof Failure) throw new Error(escapes.message);
  for (const { description } of escapes) expect(description.length).toBeGreaterThan(20);
  return escapes.map(({ weight, name }) => `${weight} ${name}`);
}

const REFUSED: Readonly<Record<string, readonly [string, string]>> = {
  "a function in the script": ["SELECT dblink_exec('a', 'b')", "dblink"],
  "a function called by a function called by a function": ["SELECT shop.deep()", "dblink"],
  "a function in a body of the SQL standard, reached by a constraint": [
    "INSERT INTO shop.checked VALUES (1)",
    "pg_reload_conf",
  ],
  "a trigger at the end of a cascade": ["DELETE FROM shop.customer WHERE id = 1", "copy-program"],
  "an operator": ["SELECT 1 OPERATOR(shop.===) 2", "pg_switch_wal"],
  "a foreign table": ["SELECT * FROM shop.lines", "foreign-table:shop.lines"],
  "a foreign table behind a view": ["SELECT * FROM shop.lines_view", "foreign-table:shop.lines"],
  "a call in a DO block, a comment in between": [
    "DO $$ BEGIN PERFORM pg_stat_reset /* x */ (); END $$",
    "pg_stat_reset",
  ],
  "a call behind comments in comments": [
    "DO $$ BEGIN PERFORM pg_stat_reset/* /* */ ( */--x\n(); END $$",
    "pg_stat_reset",
  ],
  "a program, comments in between": ["DO $$ BEGIN COPY shop.audit TO/**/PROGRAM 'cat'; END $$", "copy-program"],
  "a call in a string that something may execute": [
    "SELECT query_to_xml('SELECT lo_export(1, ''x'')', true, true, '')",
    "lo_export",
  ],
  "compiled code that belongs to no extension": ["SELECT shop.compiled()", "internal:shop.compiled"],
  "a language that may do anything": ["DO LANGUAGE plpython3u 'pass'", "plpython3u"],
  "a message that does not wait for COMMIT": [
    "SELECT pg_logical_emit_message(false, 'a', 'b')",
    "pg_logical_emit_message",
  ],
  "a quoted name": [`SELECT "pg_terminate_backend"(1)`, "pg_terminate_backend"],
  "a file of the server": ["COPY shop.audit TO '/tmp/x'", "copy-file"],
};

describe("what a rollback does not undo is refused, however it is reached", () => {
  for (const [how, [script, name]] of Object.entries(REFUSED)) {
    test(how, async () => {
      expect(await scan(script)).toContain(`refused ${name}`);
      expect(await scan(script, [name])).toContain(`accepted ${name}`);
    });
  }
});

describe("what a rollback does undo is not refused", () => {
  test("ordinary writes, triggers and sequences", async () => {
    expect(
      await scan("INSERT INTO shop.orders (customer) VALUES (1); SELECT nextval('shop.fresh'), pg_notify('a', 'b')"),
    ).toEqual([]);
    expect(await scan("SELECT pg_logical_emit_message(true, 'a', 'b'); COPY shop.audit FROM '/tmp/x'")).toEqual([]);
  });

  test("data that only talks of it", async () => {
    expect(await scan("INSERT INTO shop.audit VALUES ('about dblink, lo_export and COPY')")).toEqual([]);
  });

  test("a long text of words, quotes or blanks, read in linear time", async () => {
    for (const long of ["x", '"', " ", "copy ", "é", "from "]) {
      expect(await scan(`INSERT INTO shop.audit VALUES ($x$ ${long.repeat(200_000 / long.length)} $x$)`)).toEqual([]);
    }
    // Comments that never end would cost the square of their length: not read to the end, and said so.
    for (const long of ["a/*", "from/*", "a--"]) {
      const text = `INSERT INTO shop.audit VALUES ($x$ ${long.repeat(20_000)} $x$)`;
      expect(await scan(text)).toEqual(["refused dynamic-sql"]);
    }
  });

  test("C functions of extensions and session locks are listed", async () => {
    expect(await scan("SELECT digest('a', 'sha1'), pg_advisory_lock(1)")).toEqual([
      "listed extension:pgcrypto",
      "listed session-advisory-lock",
    ]);
  });
});

describe("SQL made at run time cannot be read beforehand", () => {
  test("it is refused, since every role may end its own sessions; listed where that right is gone", async () => {
    expect(await scan("SELECT shop.builds()")).toEqual(["refused dynamic-sql"]);
    const everyRole = "FUNCTION shop.hidden_next(), pg_cancel_backend(int), pg_terminate_backend(int, bigint)";
    shop.psql(`REVOKE EXECUTE ON ${everyRole} FROM PUBLIC`);
    expect(await scan("SELECT shop.builds()")).toEqual(["listed dynamic-sql"]);
    shop.psql("GRANT EXECUTE ON FUNCTION shop.hidden_next() TO shop_guest");
    expect(await scan("SELECT shop.builds()")).toEqual(["refused dynamic-sql"]);
    shop.psql(`GRANT EXECUTE ON ${everyRole} TO PUBLIC`);
    shop.psql("GRANT EXECUTE ON FUNCTION dblink_exec(text, text) TO shop_guest");
    expect(await scan("SELECT shop.builds()")).toEqual(["refused dynamic-sql"]);
    expect(await scan("DO $$ BEGIN EXECUTE 'SELECT 1'; END $$")).toEqual([]);
    shop.psql("REVOKE EXECUTE ON FUNCTION dblink_exec(text, text) FROM shop_guest");
  });
});

describe("bodies are read as the server reads them", () => {
  test("a name that is too long, one of a harmless function, an operator of a built-in one", async () => {
    const long = "very_long_name_of_a_function_that_the_server_cuts_off_somewhere_here";
    shop.psql(`CREATE SCHEMA own; GRANT USAGE ON SCHEMA own TO PUBLIC;
      CREATE FUNCTION own.${long}() RETURNS int LANGUAGE sql AS 'SELECT 1 WHERE pg_reload_conf()';
      CREATE FUNCTION own."É${long}"() RETURNS int LANGUAGE sql AS 'SELECT 1 WHERE pg_reload_conf()';
      CREATE FUNCTION own.pg_logical_emit_message(bool, int) RETURNS int LANGUAGE sql AS
        'SELECT 1 WHERE pg_switch_wal() IS NULL'`);
    for (const call of [`own.${long}_more()`, `own."É${long}_more"()`]) {
      expect(await scan(`DO $$ BEGIN PERFORM ${call}; END $$`)).toContain("refused pg_reload_conf");
    }
    const message = "own.pg_logical_emit_message(true, 1)";
    expect(await scan(`SELECT ${message}`)).toContain("refused pg_logical_emit_message");
    expect(await scan(`DO $$ BEGIN PERFORM ${message}; END $$`)).toContain("refused pg_logical_emit_message");
    const operator = "CREATE OPERATOR shop.!! (RIGHTARG = int, FUNCTION = pg_cancel_backend)";
    expect(await scan(`DO $$ BEGIN ${operator}; PERFORM !! 1; END $$`)).toEqual(["refused user-code"]);
  });

  test("the table that a trigger is given as an argument is followed", async () => {
    shop.psql(`CREATE EXTENSION refint; CREATE TABLE own."Named Here" (id int); CREATE TABLE own.refers (other int);
      GRANT SELECT ON own."Named Here" TO shop_guest; GRANT INSERT ON own.refers TO shop_guest;
      CREATE FUNCTION own.at_delete() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_reload_conf(); RETURN OLD; END $$;
      CREATE TRIGGER at_delete BEFORE DELETE ON own."Named Here" FOR EACH ROW EXECUTE FUNCTION own.at_delete();
      CREATE TRIGGER refers AFTER DELETE ON own.refers FOR EACH ROW
        EXECUTE FUNCTION check_foreign_key(1, 'cascade', 'other', 'own."Named Here"', 'id')`);
    expect(await scan("DELETE FROM own.refers")).toContain("refused pg_reload_conf");
    shop.psql("DROP TRIGGER refers ON own.refers; DROP EXTENSION refint");
  });

  test("a script of an extension that runs is listed, wherever the command stands", async () => {
    expect(await scan("CREATE EXTENSION pgcrypto")).toEqual(["listed extension:pgcrypto"]);
    expect(await scan("ALTER EXTENSION pgcrypto UPDATE")).toEqual(["listed extension:pgcrypto"]);
    const inside = `DO $$ BEGIN ALTER EXTENSION "pgcrypto" UPDATE; CREATE EXTENSION IF NOT EXISTS tablefunc; END $$`;
    expect(await scan(inside)).toEqual(["listed extension:pgcrypto", "listed extension:tablefunc"]);
  });

  test("a comment, a GRANT of EXECUTE, a name in _in, quoted names far apart are no dynamic SQL", async () => {
    shop.psql("CREATE FUNCTION own.check_in() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    const words = "and some words that follow it, far more than sixty-four of them, before the next";
    const body = `BEGIN -- we execute nothing /* here
      GRANT EXECUTE ON FUNCTION own.check_in() TO shop_guest;
      PERFORM own.check_in() AS "One", '${words}' AS "Two"; END`;
    expect(await scan(`DO $$ ${body} $$`)).toEqual([]);
  });
});

/** Each gave "no escape" while its row was committed through dblink_exec. */
const POWERED = `
CREATE SCHEMA app;
CREATE FUNCTION app.out(text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  PERFORM public.dblink_exec('', $1); RETURN 1; END $$;
CREATE FUNCTION app.bool(int, int) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN PERFORM app.out(''); RETURN true; END $$;
CREATE FUNCTION app.once(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN app.out(''); END $$;
CREATE OPERATOR app.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = app.bool);
CREATE TABLE app.t (a int);
CREATE FUNCTION app.leaky(app.t) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN app.out(''); END $$;
CREATE VIEW app.by_operator AS SELECT 1 OPERATOR(app.===) 2 AS x;
CREATE FUNCTION app.operates() RETURNS bool LANGUAGE sql AS $$ SELECT 1 OPERATOR(app.===) 2 $$;
CREATE VIEW app.view AS SELECT app.out('') AS a;
CREATE FUNCTION app.second() RETURNS int LANGUAGE plpgsql AS $$ DECLARE n int; BEGIN
  SELECT 1 INTO n FROM app.t, app.view; RETURN n; END $$;
CREATE FUNCTION app.nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE app.conditional (a int);
CREATE TRIGGER conditional BEFORE INSERT ON app.conditional FOR EACH ROW WHEN (app.bool(NEW.a, 1))
  EXECUTE FUNCTION app.nothing();
CREATE FUNCTION app.defaulted(a int DEFAULT app.out('')) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE app.parted (a int) PARTITION BY LIST (app.once(a));
CREATE DOMAIN app.inner_domain AS int CHECK (app.out('') = VALUE);
CREATE DOMAIN app.outer_domain AS app.inner_domain;
CREATE TABLE app.over (a app.outer_domain);
CREATE TABLE app.many (a app.inner_domain[]);
CREATE FUNCTION app.unicode() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM U&"dblink\\005Fexec"('', ''); END $$;
CREATE FUNCTION app.copies() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  COPY (SELECT string_agg(a::text, ';') FROM app.t) TO'/x'; END $$;
CREATE FUNCTION app.builtin() RETURNS text LANGUAGE sql AS 'SELECT 1';
CREATE VIEW app.reloads AS SELECT pg_reload_conf() AS a;
CREATE FUNCTION app.add(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2';
CREATE AGGREGATE app.total (int) (SFUNC = app.add, STYPE = int);
CREATE FUNCTION app.leaked(int, int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN app.out(''); END $$;
CREATE AGGREGATE app.leaks (int) (SFUNC = app.leaked, STYPE = int);
CREATE TYPE app.span AS RANGE (SUBTYPE = int);
GRANT USAGE ON SCHEMA app TO PUBLIC;
GRANT EXECUTE ON FUNCTION public.dblink_exec(text, text) TO shop_guest;
`;

const BYPASSES: Readonly<Record<string, string>> = {
  "functional notation": "SELECT t.leaky FROM app.t t",
  "an operator in a view": "SELECT * FROM app.by_operator",
  "an operator in a body": "SELECT app.operates()",
  "an operator of a SubLink": "SELECT 1 OPERATOR(app.===) ANY (SELECT 5)",
  "an operator made by the script": "CREATE OPERATOR app.=+= (LEFTARG = int, RIGHTARG = int, FUNCTION = app.bool)",
  "a function that the script renames": "ALTER FUNCTION app.out RENAME TO innocent; SELECT app.innocent('')",
  "the second item of a FROM list": "SELECT app.second()",
  "a trigger's condition": "INSERT INTO app.conditional VALUES (1)",
  "the default of an argument": "SELECT app.defaulted()",
  "a partition key": "INSERT INTO app.parted VALUES (1)",
  "a domain over a domain": "INSERT INTO app.over VALUES (1)",
  "an array of a domain": "INSERT INTO app.many VALUES ('{1}')",
  "a cast to a domain": "SELECT 1::app.inner_domain",
  "an aggregate": "SELECT app.leaks(1)",
};

describe("with dblink in reach", () => {
  beforeAll(() => shop.psql(POWERED));

  for (const [how, script] of Object.entries(BYPASSES)) {
    test(`${how} is followed`, async () => {
      expect(await scan(script)).toContain("refused dblink");
    });
  }

  test("what cannot be read is refused", async () => {
    expect(await scan("SELECT app.unicode()")).toContain("refused dynamic-sql");
    expect(await scan("SELECT * FROM app.reloads")).toContain("refused pg_reload_conf");
    expect(await scan("SELECT app.copies()")).toContain("refused copy-file");
  });

  test("clean code of one's own is not refused", async () => {
    const own =
      "CREATE FUNCTION shop.own() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$; SELECT shop.own()";
    expect(await scan(own)).toEqual([]);
    expect(await scan("SELECT app.total(1), app.span(1, 2)")).toEqual([]);
    expect(await scan("INSERT INTO shop.audit VALUES ('please execute the plan')")).toEqual([]);
  });
});
