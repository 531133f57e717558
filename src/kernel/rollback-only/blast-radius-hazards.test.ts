/** Tests of scripts that hide what they do, by mistake or on purpose: each is told, or told to be unknown. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { stopTestServers, type TestDatabase, testMajor } from "../../../scripts/database/database.ts";
import { makeShop, runScript, sealed, sessionOn } from "../../../scripts/database/shop.ts";
import { Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";
import { type Effects, EVERY_OTHER_RELATION, UNKNOWN_XID } from "./effects.ts";
import { FailedRun } from "./failed-run.ts";

let shop: TestDatabase;
let owner: Session;
let superuser: Session;

beforeAll(async () => {
  shop = await makeShop();
});

beforeEach(async () => {
  owner = await sessionOn(shop, "shop_owner");
  superuser = await sessionOn(shop, "postgres");
});

afterEach(async () => {
  await owner?.close();
  await superuser?.close();
});

afterAll(async () => {
  shop?.drop();
  await stopTestServers();
});

const changes = ({ catalog }: Effects): string[] =>
  catalog.map(({ change, objectKind, name }) => `${change} ${objectKind} ${name}`).sort();
const rows = ({ relations }: Effects): string[] =>
  relations.map((one) => `${one.relation} +${one.inserted} ~${one.updated} -${one.deleted}`);
const names = ({ relations }: Effects): string[] => relations.map(({ relation }) => relation);
const remarks = ({ remarks }: Effects): string => remarks.join("\n");

async function failedRun(session: Session, text: string, timeoutMs = 5000): Promise<FailedRun> {
  const result = await runScript(session, text, { statementTimeoutMs: timeoutMs });
  if (!(result instanceof FailedRun)) throw new Error(`not a FailedRun: ${JSON.stringify(result)}`);
  return result;
}

describe("a plan that fails tells what it did all the same", () => {
  test("a statement: the transaction id, the rows until then, and the sequences", async () => {
    const run = await failedRun(owner, "INSERT INTO shop.orders (customer) VALUES (1); SELECT 1/0");
    expect([run.code, shop.psql(`SELECT pg_xact_status('${run.xid}')`)]).toEqual(["STATEMENT_FAILED", "aborted"]);
    expect(rows(run.effects)).toEqual(["shop.audit +1 ~0 -0", "shop.orders +1 ~0 -0"]);
    expect(run.effects.sequences.map(({ drift }) => drift)).toEqual(["1"]);
    expect(run.facts.xid).toBe(run.xid ?? "");
  });

  test("after TRUNCATE and DROP, which can no longer be seen, other relations are not called untouched", async () => {
    const run = await failedRun(owner, "TRUNCATE shop.audit; DROP TABLE shop.late; SELECT 1/0");
    expect(names(run.effects)).toEqual([EVERY_OTHER_RELATION]);
    expect(changes(run.effects).join()).toContain("not named pg_class");
  });

  test("a deferred constraint", async () => {
    const run = await failedRun(owner, "SELECT nextval('shop.fresh'); INSERT INTO shop.late VALUES (1, -1)");
    expect([run.code, rows(run.effects), run.effects.sequences.length]).toEqual([
      "CONSTRAINT_DEFERRED",
      ["shop.late +1 ~0 -0"],
      1,
    ]);
  });

  test("a statement timeout, after which nothing came back: the id is not known, the sequences are", async () => {
    const script = "SELECT nextval('shop.fresh'); INSERT INTO shop.audit VALUES ('x'); SELECT pg_sleep(5)";
    const run = await failedRun(owner, script, 200);
    expect([run.code, run.facts.sqlstate, run.xid, run.effects.xid]).toEqual([
      "STATEMENT_FAILED",
      "57014",
      null,
      UNKNOWN_XID,
    ]);
    expect(run.effects.sequences.map(({ sequence, drift }) => `${sequence} ${drift}`)).toEqual(["shop.fresh 10"]);
    expect([names(run.effects), changes(run.effects)]).toEqual([
      [EVERY_OTHER_RELATION],
      ["altered not known the run ended before it told"],
    ]);
  });
});

describe("counting that is turned off for a while", () => {
  const OFF_AND_ON = `DO $$ BEGIN PERFORM set_config('track'||'_counts', 'off', true);
    DELETE FROM shop.measure; PERFORM set_config('track'||'_counts', 'on', true); END $$`;

  test("by a superuser: relations that are not listed are uncountable", async () => {
    const { effects } = await sealed(superuser, OFF_AND_ON);
    expect(names(effects)).toContain(EVERY_OTHER_RELATION);
    expect(remarks(effects)).toContain("track_counts");
  });

  test("by a function that is there, called or fired", async () => {
    shop.psql(`CREATE FUNCTION shop.sneak() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      EXECUTE 'SET LOCAL track' || '_counts = off'; DELETE FROM shop.late;
      EXECUTE 'SET LOCAL track' || '_counts = on'; RETURN NULL; END $$;
      CREATE TRIGGER sneak AFTER INSERT ON shop.audit FOR EACH STATEMENT EXECUTE FUNCTION shop.sneak()`);
    const { effects } = await sealed(superuser, "INSERT INTO shop.audit VALUES ('x')");
    shop.psql("DROP FUNCTION shop.sneak() CASCADE");
    expect(names(effects)).toEqual(["shop.audit", EVERY_OTHER_RELATION]);
  });

  test("by a function that runs with another role's right", async () => {
    shop.psql(`CREATE FUNCTION shop.quietly() RETURNS void LANGUAGE sql SECURITY DEFINER SET track_counts = off
      AS 'DELETE FROM shop.measure'`);
    const { effects } = await sealed(owner, "SELECT shop.quietly()");
    shop.psql("DROP FUNCTION shop.quietly()");
    expect(names(effects)).toEqual([EVERY_OTHER_RELATION]);
  });

  test("by a role that was granted the parameter, where the server can", async () => {
    if (testMajor() < 15) return;
    shop.psql("GRANT SET ON PARAMETER track_counts TO shop_owner");
    const { effects } = await sealed(owner, OFF_AND_ON);
    shop.psql("REVOKE SET ON PARAMETER track_counts FROM shop_owner");
    expect(names(effects)).toContain(EVERY_OTHER_RELATION);
  });

  test("a role that cannot, or a superuser's plain statements, keep exact counts", async () => {
    const plain = "INSERT INTO shop.audit VALUES ('x')";
    expect(rows((await sealed(superuser, plain)).effects)).toEqual(["shop.audit +1 ~0 -0"]);
    const code = `DO $$ BEGIN ${plain}; END $$`;
    expect(rows((await sealed(owner, code)).effects)).toEqual(["shop.audit +1 ~0 -0"]);
  });
});

describe("changes that leave no row of their own", () => {
  test("a view with another definition, an owned sequence, statistics targets, clustering", async () => {
    shop.psql("CREATE VIEW shop.v AS SELECT 1 AS one; ALTER VIEW shop.v OWNER TO shop_owner");
    const script = `CREATE OR REPLACE VIEW shop.v AS SELECT 2 AS one;
      ALTER TABLE shop.orders CLUSTER ON orders_pkey; ALTER TABLE shop.orders ALTER COLUMN total SET STATISTICS 7;
      ALTER SEQUENCE shop.fresh OWNED BY shop.audit.what`;
    const { effects } = await sealed(owner, script);
    shop.psql("DROP VIEW shop.v");
    expect(changes(effects)).toEqual([
      "altered column shop.orders.total",
      "altered index shop.orders_pkey",
      "altered view shop.v",
      "created owning column on sequence shop.fresh",
    ]);
  });

  test("internal triggers, a password, an index's row", async () => {
    const triggers = await sealed(superuser, "ALTER TABLE shop.orders DISABLE TRIGGER ALL");
    expect(changes(triggers.effects).join()).toMatch(/altered trigger "RI_ConstraintTrigger_c_\d+" on shop\.orders/);
    const password = await sealed(superuser, "ALTER ROLE shop_guest PASSWORD 'x'");
    expect(changes(password.effects)).toEqual(["altered role, not named pg_authid (1 rows)"]);
    const index = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shop.orders_pkey'::regclass";
    expect(changes((await sealed(superuser, index)).effects)).toEqual(["altered index shop.orders_pkey"]);
  });

  test("a catalog whose rows cannot be told is named itself; one that was written to before is not", async () => {
    await superuser.query("ALTER ROLE shop_guest PASSWORD 'y'");
    expect(changes((await sealed(superuser, "SELECT 1")).effects)).toEqual([]);
    const { effects } = await sealed(
      superuser,
      "UPDATE pg_amop SET amopstrategy = amopstrategy WHERE amopstrategy = 1",
    );
    expect(changes(effects).join()).toMatch(/^altered not named pg_amop \(\d+ rows\)$/);
  });

  test("objects that came and went, and temporary ones, are none", async () => {
    const gone = await sealed(owner, "CREATE TABLE shop.mine (id serial PRIMARY KEY); DROP TABLE shop.mine");
    expect(changes(gone.effects).filter((change) => !change.includes("not named"))).toEqual([]);
    const temporary = await sealed(owner, "CREATE TEMP TABLE t (id int PRIMARY KEY, body text)");
    expect(changes(temporary.effects)).toEqual([]);
    expect(remarks(temporary.effects)).toContain("temporary objects");
  });
});

test("a sequence that moved and was dropped later in the script has moved", async () => {
  const script = `SELECT nextval('shop.fresh'); INSERT INTO shop.orders (customer) VALUES (1);
    ALTER TABLE shop.orders ALTER COLUMN id DROP DEFAULT; DROP SEQUENCE shop.orders_id_seq, shop.fresh`;
  const { effects } = await sealed(owner, script);
  expect(effects.sequences.map(({ sequence, drift }) => `${sequence} ${drift}`).sort()).toEqual([
    "shop.fresh 10",
    "shop.orders_id_seq 1",
  ]);
});

describe("names inside the transaction prove nothing", () => {
  test("a table renamed over one that was dropped is called what it is called afterwards", async () => {
    const script = `DROP TABLE shop.audit CASCADE; ALTER TABLE shop.late RENAME TO audit;
      INSERT INTO shop.audit VALUES (1, 1), (2, 1)`;
    const { effects } = await sealed(owner, script);
    expect(rows(effects)).toEqual(["shop.audit +uncountable ~uncountable -uncountable", "shop.late +2 ~0 -0"]);
    expect(changes(effects)).toContain("altered table shop.late, renamed shop.audit");
  });

  test("a new table under the name of an old one is told apart", async () => {
    const script = `ALTER TABLE shop.audit RENAME TO old; INSERT INTO shop.old VALUES ('x');
      CREATE TABLE shop.audit (a int); INSERT INTO shop.audit VALUES (1), (2)`;
    expect(rows((await sealed(owner, script)).effects)).toEqual([
      'shop."audit (created inside)" +2 ~0 -0',
      "shop.audit +1 ~0 -0",
    ]);
  });

  test("quoting that the script asks for is not ours", async () => {
    const script =
      "SET quote_all_identifiers = on; INSERT INTO shop.audit VALUES ('x'); CREATE TABLE shop.mine (a int)";
    const { effects } = await sealed(owner, script);
    expect([rows(effects), changes(effects)]).toEqual([["shop.audit +1 ~0 -0"], ["created table shop.mine"]]);
  });
});

// Each writes a new version, until the page is full: then the row that counts comes after all the others.
const moveRowToTheEnd = Array.from({ length: 80 }, (_, i) => `ALTER TABLE shop.audit SET (fillfactor = ${10 + i})`);

test("a truncated table among thousands of changed rows of pg_class is uncountable", async () => {
  const script = `CREATE VIEW shop.v AS SELECT 1 AS one;
    INSERT INTO pg_class
      SELECT (jsonb_populate_record(c, jsonb_build_object('oid', 2000000000 + i, 'relname', 'v' || i))).*
      FROM pg_class AS c, generate_series(1, 10500) AS i WHERE c.oid = 'shop.v'::regclass;
    ${moveRowToTheEnd.join(";")};
    TRUNCATE shop.audit`;
  const { effects } = await sealed(superuser, script);
  expect(rows(effects)).toEqual(["shop.audit +uncountable ~uncountable -uncountable"]);
}, 20_000);

test("a handler that may have given a lock back is told", async () => {
  const script = `DO $$ BEGIN BEGIN LOCK TABLE shop.orders; PERFORM 1/0; EXCEPTION WHEN division_by_zero THEN NULL; END;
    END $$`;
  expect(remarks((await sealed(owner, script)).effects)).toContain("error handlers (the script)");
});

test("what ANALYZE and CREATE INDEX wrote in place stayed, and is told with what it was", async () => {
  shop.psql(
    "CREATE TABLE shop.fat AS SELECT 1 AS a FROM generate_series(1, 100); ALTER TABLE shop.fat OWNER TO shop_owner",
  );
  const { effects } = await sealed(owner, "CREATE INDEX ON shop.fat (a); ANALYZE shop.fat");
  expect(shop.psql("SELECT reltuples FROM pg_class WHERE oid = 'shop.fat'::regclass")).toBe("100");
  expect(remarks(effects)).toMatch(/shop\.fat reltuples -1 -> 100, relpages 0 -> 1, relhasindex false -> true/);
  const plain = await runScript(owner, "INSERT INTO shop.audit VALUES ('x')");
  expect(plain instanceof Failure ? plain : plain.effects.remarks).toEqual([]);
});
