/** Tests of what a rolled back transaction is measured to have done, on a schema that someone else wrote. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stopTestServers, type TestDatabase, testMajor } from "../../../scripts/database/database.ts";
import { makeShop, sealed, sessionOn } from "../../../scripts/database/shop.ts";
import type { Session } from "../session/session.ts";
import type { Effects } from "./effects.ts";

let shop: TestDatabase;
let owner: Session;

beforeAll(async () => {
  shop = await makeShop();
  owner = await sessionOn(shop, "shop_owner");
});

afterAll(async () => {
  await owner?.close();
  shop?.drop();
  await stopTestServers();
});

const counts = ({ relations }: Effects): unknown[] =>
  relations.map(({ relation, inserted, updated, deleted }) => [relation, inserted, updated, deleted]);
const changes = ({ catalog }: Effects): string[] =>
  catalog.map(({ change, objectKind, name }) => `${change} ${objectKind} ${name}`).sort();

describe("rows are counted wherever they went", () => {
  test("triggers and cascades", async () => {
    const { effects } = await sealed(owner, "DELETE FROM shop.customer WHERE id <= 2");
    expect(counts(effects)).toEqual([
      ["shop.audit", 6, 0, 0],
      ["shop.customer", 0, 0, 2],
      ["shop.orders", 0, 0, 6],
    ]);
  });

  test("partitions, and a row that moves from one to another", async () => {
    const script =
      "INSERT INTO shop.measure VALUES (1, 1), (150, 1), (151, 1); UPDATE shop.measure SET at = 160 WHERE at = 50";
    const { effects } = await sealed(owner, script);
    expect(counts(effects)).toEqual([
      ["shop.measure_high", 3, 0, 0],
      ["shop.measure_low", 1, 0, 1],
    ]);
  });

  test("INSERT … ON CONFLICT counts what it did", async () => {
    const script = `INSERT INTO shop.customer VALUES (1, 'x'), (11, 'y')
        ON CONFLICT (id) DO UPDATE SET name = excluded.name;
      INSERT INTO shop.customer VALUES (1, 'x'), (12, 'y') ON CONFLICT DO NOTHING`;
    expect(counts((await sealed(owner, script)).effects)).toEqual([["shop.customer", 2, 1, 0]]);
  });

  test("MERGE, where the server has it", async () => {
    if (testMajor() < 15) return;
    const script = `MERGE INTO shop.customer AS c USING (VALUES (1), (2), (99)) AS v (id) ON c.id = v.id
      WHEN MATCHED AND v.id = 1 THEN DELETE WHEN MATCHED THEN UPDATE SET name = 'm'
      WHEN NOT MATCHED THEN INSERT VALUES (v.id)`;
    expect(counts((await sealed(owner, script)).effects)).toEqual([
      ["shop.audit", 3, 0, 0],
      ["shop.customer", 1, 1, 1],
      ["shop.orders", 0, 0, 3],
    ]);
  });

  test("COPY from a file of the server", async () => {
    const file = join(shop.server.socketDirectory, "..", "rows");
    writeFileSync(file, "100\ta\n101\tb\n", { mode: 0o644 });
    const superuser = await sessionOn(shop, "postgres");
    const { effects, statements } = await sealed(superuser, `COPY shop.customer FROM '${file}'`);
    expect(counts(effects)).toEqual([["shop.customer", 2, 0, 0]]);
    expect(statements[0]?.rows).toBe(2);
    await superuser.close();
  });

  test("a sub-transaction that was rolled back inside counts as attempted", async () => {
    const script = `DO $$ BEGIN INSERT INTO shop.audit VALUES ('kept');
      BEGIN INSERT INTO shop.audit VALUES ('lost'); PERFORM 1/0;
      EXCEPTION WHEN division_by_zero THEN NULL; END; END $$`;
    expect(counts((await sealed(owner, script)).effects)).toEqual([["shop.audit", 2, 0, 0]]);
  });

  test("what the session's previous transaction did is not counted", async () => {
    await owner.query("INSERT INTO shop.audit SELECT 'before' FROM generate_series(1, 7)");
    const { effects } = await sealed(owner, "INSERT INTO shop.audit VALUES ('one')");
    expect(counts(effects)).toEqual([["shop.audit", 1, 0, 0]]);
  });

  test("a plan that writes nothing has no transaction id and no effects", async () => {
    const { effects, statements } = await sealed(owner, "SELECT * FROM shop.customer; SELECT");
    expect({ ...effects, walBytes: null }).toEqual({
      xid: null,
      relations: [],
      catalog: [],
      sequences: [],
      locks: [],
      advisoryLocks: [],
      walBytes: null,
      remarks: [],
    });
    expect(statements.map(({ rows }) => rows)).toEqual([10, 1]);
  });

  test("operators, functions and catalogs of the plan's own do not fool the measurement", async () => {
    const script = `CREATE SCHEMA evil;
      CREATE FUNCTION evil.zero(bigint, bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint';
      CREATE OPERATOR evil.+ (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = evil.zero);
      CREATE TEMP TABLE pg_class (oid oid); SET search_path = evil, pg_temp, pg_catalog;
      INSERT INTO shop.audit VALUES ('one'), ('two')`;
    shop.psql(`GRANT CREATE ON DATABASE ${shop.name} TO shop_owner`);
    const { effects } = await sealed(owner, script);
    expect(counts(effects)).toEqual([["shop.audit", 2, 0, 0]]);
  });
});

describe("what cannot be counted is called uncountable, by name and with the reason", () => {
  test("TRUNCATE, a rewrite and DROP", async () => {
    const script = `TRUNCATE shop.audit; ALTER TABLE shop.late ALTER COLUMN id TYPE bigint;
      INSERT INTO shop.late VALUES (1, 1);
      DROP TABLE shop.measure`;
    const { effects } = await sealed(owner, script);
    expect(effects.relations.map(({ relation, inserted, reason }) => [relation, inserted, reason])).toEqual([
      ["shop.audit", "uncountable", "truncated, or rewritten while empty"],
      ["shop.late", "uncountable", "rewritten, or truncated and filled again"],
      ["shop.measure", "uncountable", "dropped"],
      ["shop.measure_high", "uncountable", "dropped"],
      ["shop.measure_low", "uncountable", "dropped"],
    ]);
  });

  test("counting turned off by the plan: everything is uncountable", async () => {
    const superuser = await sessionOn(shop, "postgres");
    const script =
      "INSERT INTO shop.audit VALUES ('seen'); SET track_counts = off; INSERT INTO shop.audit VALUES ('unseen')";
    const { effects } = await sealed(superuser, script);
    expect(counts(effects)).toEqual([
      ["shop.audit", "uncountable", "uncountable", "uncountable"],
      ['"(every other relation)"', "uncountable", "uncountable", "uncountable"],
    ]);
    expect(effects.remarks.join()).toContain("track_counts was turned off");
    await superuser.close();
  });
});

describe("sequences do not roll back, and are listed", () => {
  test("by how far they moved, from where they really stood", async () => {
    const script =
      "SELECT nextval('shop.fresh'); SELECT nextval('shop.fresh'); INSERT INTO shop.orders (customer) VALUES (1)";
    const { effects } = await sealed(owner, script);
    expect(effects.sequences).toEqual([
      { sequence: "shop.orders_id_seq", before: "30", after: "31", drift: "1" },
      { sequence: "shop.fresh", before: "-5", after: "15", drift: "20" },
    ]);
    const again = await sealed(owner, "SELECT setval('shop.fresh', 100, false)");
    expect(again.effects.sequences).toEqual([{ sequence: "shop.fresh", before: "15", after: "90", drift: "75" }]);
    const third = await sealed(owner, "SELECT nextval('shop.fresh')");
    expect(third.effects.sequences).toEqual([{ sequence: "shop.fresh", before: "90", after: "100", drift: "10" }]);
  });

  test("in a sub-transaction that was rolled back, and where the plan failed", async () => {
    const script = "DO $$ BEGIN PERFORM nextval('shop.fresh') / 0; EXCEPTION WHEN division_by_zero THEN NULL; END $$";
    expect((await sealed(owner, script)).effects.sequences).toHaveLength(1);
  });

  test("one that the role may not read is uncountable, by name", async () => {
    const guest = await sessionOn(shop, "shop_guest");
    const { effects } = await sealed(guest, "SELECT shop.hidden_next()");
    expect(effects.sequences).toEqual([{ sequence: "shop.hidden", before: null, after: null, drift: "uncountable" }]);
    await guest.close();
  });

  test("one that was only reset by DDL came back and is not listed", async () => {
    const { effects } = await sealed(owner, "ALTER SEQUENCE shop.fresh RESTART WITH 7");
    expect(effects.sequences).toEqual([]);
  });
});

describe("DDL is named, whatever did it", () => {
  test("created, altered, dropped, granted; columns of new tables are not listed", async () => {
    const script = `CREATE TABLE shop.news (id int PRIMARY KEY, body text DEFAULT ''); DROP FUNCTION shop.hidden_next();
      ALTER TABLE shop.customer ADD COLUMN mail text DEFAULT 'x', DROP COLUMN name;
      GRANT SELECT ON shop.audit TO PUBLIC;
      COMMENT ON TABLE shop.orders IS 'x'; CREATE INDEX orders_total ON shop.orders (total);
      ALTER TABLE shop.late ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON shop.late USING (true);
      CREATE TYPE shop.mood AS ENUM ('good'); ALTER TRIGGER log_it ON shop.orders RENAME TO logs;
      DO $$ BEGIN EXECUTE 'CREATE VIEW shop.v AS SELECT 1 AS one'; END $$`;
    expect(changes((await sealed(owner, script)).effects)).toEqual([
      "altered grant on table shop.audit",
      "altered table shop.late",
      "altered trigger log_it on shop.orders, renamed logs on shop.orders",
      "created column shop.customer.mail",
      "created comment on table shop.orders",
      "created index shop.news_pkey",
      "created index shop.orders_total",
      "created policy own on shop.late",
      "created table shop.news",
      "created type shop.mood",
      "created view shop.v",
      "dropped column shop.customer.name",
      "dropped function shop.hidden_next()",
    ]);
  });

  test("DDL of others, committed meanwhile, is not ours", async () => {
    const run = sealed(
      owner,
      "CREATE TABLE shop.mine (a int); SELECT pg_sleep(0.6); DROP TABLE shop.mine; DROP VIEW IF EXISTS shop.no",
    );
    await Bun.sleep(250);
    shop.psql("CREATE TABLE shop.theirs (a int)");
    expect(changes((await run).effects)).toEqual([]);
    shop.psql("DROP TABLE shop.theirs");
  });

  test("roles, memberships and settings, for who may", async () => {
    const superuser = await sessionOn(shop, "postgres");
    const { effects } = await sealed(
      superuser,
      `CREATE ROLE shop_temp; GRANT shop_owner TO shop_temp;
      ALTER ROLE shop_guest SET work_mem = '1MB'; ALTER ROLE shop_guest CREATEDB`,
    );
    expect(changes(effects)).toEqual([
      "altered role shop_guest",
      "created role membership on role shop_temp",
      "created role shop_temp",
      "created setting on role shop_guest",
    ]);
    await superuser.close();
  });
});

describe("locks that others would wait for", () => {
  test("only those stronger than ROW EXCLUSIVE on what was there before, and which statement took them", async () => {
    const { effects } = await sealed(
      owner,
      `INSERT INTO shop.audit VALUES ('x'); SELECT 1; LOCK TABLE shop.late; CREATE TABLE shop.mine (a int);
      SELECT pg_sleep(0.05)`,
    );
    expect(effects.locks).toEqual([
      { relation: "shop.late", mode: "AccessExclusiveLock", statement: 3, heldMs: expect.any(Number) },
    ]);
    expect(effects.locks[0]?.heldMs).toBeGreaterThan(45);
  });

  test("session-level advisory locks are listed and then released", async () => {
    const { effects } = await sealed(
      owner,
      "SELECT pg_advisory_lock(-7); SELECT pg_advisory_lock_shared(1, 2); SELECT pg_advisory_xact_lock(9)",
    );
    expect([...effects.advisoryLocks].sort()).toEqual(["ExclusiveLock on key -7", "ShareLock on key 1, 2"]);
    expect(shop.psql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")).toBe("0");
  });
});
