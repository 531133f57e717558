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
      expect(await scan(text)).toEqual(["listed dynamic-sql"]);
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
  test("it is listed where the role could do no harm with it, and refused where it could", async () => {
    expect(await scan("SELECT shop.builds()")).toEqual(["listed dynamic-sql"]);
    shop.psql("GRANT EXECUTE ON FUNCTION dblink_exec(text, text) TO shop_guest");
    expect(await scan("SELECT shop.builds()")).toEqual(["refused dynamic-sql"]);
    expect(await scan("DO $$ BEGIN EXECUTE 'SELECT 1'; END $$")).toEqual([]);
    shop.psql("REVOKE EXECUTE ON FUNCTION dblink_exec(text, text) FROM shop_guest");
  });
});
