/** Tests of the counts inside: what a script leaves net of what was rolled back in it, and what is not counted. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { stopTestServers, type TestDatabase } from "../../../scripts/database/database.ts";
import { makeShop, runScript, sealed, sessionOn } from "../../../scripts/database/shop.ts";
import { type CountMode, defaultCountOptions } from "../counts/request.ts";
import { Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";
import { rollbackOnly } from "./guarded.ts";
import type { NetCountOptions, NetCounts, NetRequest } from "./net-counts.ts";
import type { SealedPlan } from "./sealed.ts";

const MORE = `
SET ROLE shop_owner;
CREATE TABLE shop.diary (who text DEFAULT current_user, word text);
CREATE TABLE shop.drop_box (word text);
CREATE TABLE shop.wide (n int, filler text);
CREATE TABLE shop.spare (n int);
ALTER TABLE shop.diary ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.diary USING (who = current_user);
INSERT INTO shop.diary VALUES ('shop_guest', 'a'), ('shop_owner', 'b');
INSERT INTO shop.wide SELECT g, repeat('x', 2000) FROM generate_series(1, 2000) AS g;
GRANT SELECT, INSERT ON shop.diary TO shop_guest;
GRANT INSERT ON shop.drop_box TO shop_guest;
`;

let shop: TestDatabase;
let owner: Session;
let guest: Session;

beforeAll(async () => {
  shop = await makeShop();
  shop.psql(MORE);
  owner = await sessionOn(shop, "shop_owner");
  guest = await sessionOn(shop, "shop_guest");
});

afterAll(async () => {
  expect(shop.psql("SELECT count(*) FROM shop.orders")).toBe("30");
  await owner?.close();
  await guest?.close();
  shop?.drop();
  await stopTestServers();
});

type Watch = string | readonly [relation: string, condition: string];

function counting(watch: readonly Watch[], mode: CountMode = "auto"): NetCountOptions {
  const requests = watch.map((one): NetRequest => {
    const [relation, condition] = typeof one === "string" ? [`shop.${one}`, null] : [`shop.${one[0]}`, one[1]];
    const filter =
      condition === null
        ? null
        : { label: condition, predicate: `(${condition}\n)`, parameters: [], path: "of the role" as const };
    return { relation, filter, unless: null };
  });
  return { requests, counts: { ...defaultCountOptions, mode } };
}

type More = Omit<SealedPlan, "script"> & { readonly as?: Session; readonly mode?: CountMode };

/** Rows where they were counted, else how they were not and why, null where untouched. */
async function net(text: string, watch: readonly Watch[], { as = owner, mode, ...more }: More = {}) {
  const { netCounts, effects } = await sealed(as, text, { ...more, netCounts: counting(watch, mode) });
  expect(effects.remarks.filter((remark) => remark.includes("counted inside"))).toEqual([]);
  return told(netCounts);
}

function told(counts: NetCounts | null): unknown[] | null {
  return counts?.map((one) => (one === null ? null : (one.rows ?? [one.how, one.note]))) ?? null;
}

const ROLLED_BACK_INSIDE = `
INSERT INTO shop.orders (customer) VALUES (1), (2);
DO $$ BEGIN
  INSERT INTO shop.orders (customer) VALUES (3), (4), (5);
  RAISE EXCEPTION 'back';
EXCEPTION WHEN raise_exception THEN
END $$;`;

describe("net counts", () => {
  test("rows of a sub-transaction that was rolled back inside are attempted, and are not there", async () => {
    const { effects, netCounts } = await sealed(owner, ROLLED_BACK_INSIDE, {
      netCounts: counting(["customer", "orders", "audit"]),
    });
    const attempted = effects.relations.map(({ relation, inserted }) => [relation, inserted]);
    expect(attempted).toEqual([
      ["shop.audit", 5],
      ["shop.orders", 5],
    ]);
    // Another look would be one at customer, which was only read.
    expect(told(netCounts)).toEqual([null, 32, 2]);
  });

  test("what was truncated, rewritten, renamed or dropped is told by its oid", async () => {
    const plan = `TRUNCATE shop.audit; DELETE FROM shop.orders WHERE id <= 10;
      ALTER TABLE shop.orders RENAME TO old_orders; CREATE TABLE shop.orders (id int);
      INSERT INTO shop.orders VALUES (1); DROP TABLE shop.late;
      ALTER TABLE shop.spare ADD COLUMN m int DEFAULT random(); INSERT INTO shop.spare (n) VALUES (1)`;
    const dropped = ["missing", "not counted inside: dropped by the transaction"];
    expect(await net(plan, ["orders", "audit", "late", "spare", "nothing"])).toEqual([20, 10, dropped, 1, null]);
  });

  test("a parent counts with what its partitions hold; a condition is a count of its own", async () => {
    const plan = "DELETE FROM shop.measure WHERE at < 60; INSERT INTO shop.measure VALUES (199, 1)";
    const watch: Watch[] = ["measure", "measure_low", "measure_high", ["measure", "value < 70"], ["orders", "true"]];
    expect(await net(plan, watch)).toEqual([91, 40, 51, 11, null]);
  });

  test("in parts that together are the whole, in one look", async () => {
    const plan = "INSERT INTO shop.wide SELECT g, repeat('y', 2000) FROM generate_series(1, 10000) AS g";
    const pages = "SELECT pg_relation_size('shop.wide') / 8192";
    expect(Number(shop.psql(pages))).toBeGreaterThan(256);
    expect(await net("DELETE FROM shop.wide WHERE n > 1999", ["wide"])).toEqual([1999]);
    const tooLarge = ["over budget", "not counted inside: too large to be counted while locks are held"];
    expect(await net(plan, ["wide", "drop_box"])).toEqual([tooLarge, null]);
    expect(await net(plan, ["wide", ["wide", "n <= 3"]], { mode: "exact" })).toEqual([12000, 6]);
  });

  test("the guarded tier tells them too", async () => {
    const options = { netCounts: counting(["customer", "orders"]) };
    const work = async (transaction: { query: (text: string) => Promise<unknown> }) => {
      for (const text of ROLLED_BACK_INSIDE.split(/;(?=\nDO)/)) await transaction.query(text);
      return 1;
    };
    const result = await rollbackOnly(owner, work, options);
    if (result instanceof Failure) throw new Error(result.message);
    expect(result.effects.relations.map(({ relation, inserted }) => [relation, inserted])).toEqual([
      ["shop.audit", 5],
      ["shop.orders", 5],
    ]);
    expect(told(result.netCounts)).toEqual([null, 32]);
    const none = await rollbackOnly(owner, work);
    expect(none instanceof Failure ? none : none.netCounts).toBeNull();
  });
});

const WRITING = `CREATE FUNCTION shop.writes() RETURNS bool LANGUAGE plpgsql AS
    $f$ BEGIN INSERT INTO shop.audit VALUES ('counted'); RETURN true; END $f$;
  CREATE POLICY writing ON shop.diary FOR SELECT USING (shop.writes());
  ALTER TABLE shop.diary FORCE ROW LEVEL SECURITY; INSERT INTO shop.diary (word) VALUES ('d')`;

describe("what is not counted says why, and is never 0", () => {
  test("what the role may not read, whatever role the script has taken", async () => {
    const unread = ["unreadable", "not counted inside: 42501"];
    const plan = "INSERT INTO shop.drop_box VALUES ('x')";
    expect(await net(plan, ["drop_box"], { as: guest })).toEqual([unread]);
    shop.psql("GRANT shop_guest TO shop_owner");
    expect(await net(`${plan}; SET ROLE shop_guest`, ["drop_box"])).toEqual([1]);
    shop.psql("REVOKE shop_guest FROM shop_owner");
  });

  test("rows that policies hide are said to be; a policy that writes is stopped", async () => {
    const { netCounts } = await sealed(guest, "INSERT INTO shop.diary (word) VALUES ('c'); SET row_security = off", {
      netCounts: counting(["diary"]),
    });
    expect(netCounts?.map((one) => [one?.rows, one?.note])).toEqual([
      [2, "row-level security is active for this role: hidden rows are not counted"],
    ]);
    const readOnly = "25006: cannot execute INSERT in a read-only transaction";
    expect(await net(WRITING, ["diary", "audit"])).toEqual([["over budget", `not counted inside: ${readOnly}`], null]);
  });

  test("a condition that the pinned search_path does not know, that fails, that takes values", async () => {
    const plan = "INSERT INTO shop.audit VALUES ('x')";
    const [unknown, failing, there] =
      (await net(plan, [["audit", "log_word(what)"], ["audit", "1 / 0 = 1"], "audit"])) ?? [];
    expect(unknown).toEqual(["over budget", expect.stringContaining("42883: function log_word(text) does not exist")]);
    expect(failing).toEqual(["over budget", "not counted inside: 22012: division by zero"]);
    expect(there).toBe(1);
    const filter = { label: "one", predicate: "what = $1", parameters: ["x"], path: "pinned" as const };
    const netCounts = { requests: [{ relation: "shop.audit", filter, unless: null }], counts: defaultCountOptions };
    const valued = await sealed(owner, plan, { netCounts });
    expect(told(valued.netCounts)).toEqual([["over budget", expect.stringContaining("takes values")]]);
  });

  test("a sibling that another session holds is not waited for", async () => {
    const other = await sessionOn(shop, "shop_owner");
    await other.query("BEGIN");
    await other.query("LOCK TABLE ONLY shop.measure_high");
    const plan = "INSERT INTO shop.measure_low VALUES (1, 1)";
    const locked = expect.stringContaining("AccessExclusiveLock, pid ");
    expect(await net(plan, ["measure", "measure_low"])).toEqual([["locked", locked], 51]);
    await other.close();
  });

  test("a parent of which a part is a foreign table: another server would be asked", async () => {
    shop.psql(`CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
      CREATE TABLE shop.wide_world (a int) PARTITION BY LIST (a); ALTER TABLE shop.wide_world OWNER TO shop_owner;
      CREATE TABLE shop.near PARTITION OF shop.wide_world FOR VALUES IN (1); ALTER TABLE shop.near OWNER TO shop_owner;
      CREATE FOREIGN TABLE shop.far PARTITION OF shop.wide_world FOR VALUES IN (2) SERVER files
        OPTIONS (filename '/dev/null')`);
    const reason = "not counted inside: a part of it is a foreign table";
    const plan = "INSERT INTO shop.near VALUES (1)";
    expect(await net(plan, ["wide_world", "near"])).toEqual([["over budget", reason], 1]);
  });

  test("a serializable transaction: reading a whole table may fail those of others", async () => {
    await owner.query("SET default_transaction_isolation = 'serializable'");
    const reason = expect.stringContaining("serializable");
    expect(await net("INSERT INTO shop.audit VALUES ('x')", ["audit"])).toEqual([["over budget", reason]]);
    await owner.query("RESET default_transaction_isolation");
  });

  test("a count that outlasts statement_timeout is given up, and the script has not failed", async () => {
    const slow: Watch = ["audit", "pg_sleep(0.01) IS NOT NULL"];
    const plan = "INSERT INTO shop.audit SELECT g::text FROM generate_series(1, 1000) AS g";
    const answer = await net(plan, [slow, "audit"], { statementTimeoutMs: 700 });
    const given = ["over budget", expect.stringContaining("57014: ")];
    expect(answer).toEqual([given, 1000]);
  });

  test("a person who cancels it is obeyed", async () => {
    const slow = counting([["audit", "pg_sleep(0.01) IS NOT NULL"]]);
    const plan = "INSERT INTO shop.audit SELECT g::text FROM generate_series(1, 1000) AS g";
    const running = runScript(owner, plan, { netCounts: slow });
    await Bun.sleep(500);
    shop.psql(`SELECT pg_cancel_backend(${owner.login.backendPid})`);
    expect(await running).toMatchObject({ code: "STATEMENT_FAILED", facts: { sqlstate: "57014" } });
  });
});

describe("sabotage: what the count relies on, left out", () => {
  async function without(part: string, text: string, watch: readonly Watch[]) {
    const query: Session["query"] = (sent, ...more) => {
      if (sent.startsWith("DO $cutter_seal$")) expect(sent).toContain(part);
      return owner.query(sent.replace(part, ""), ...more);
    };
    const session = new Proxy(owner, {
      get: (of, name: keyof Session) => {
        if (name === "query") return query;
        const value = of[name];
        return typeof value === "function" ? value.bind(of) : value;
      },
    });
    return net(text, watch, { as: session });
  }

  test("without read-only, a policy that writes is let through", async () => {
    const part = "PERFORM pg_catalog.set_config('transaction_read_only', 'on', true);";
    expect(await without(part, WRITING, ["diary"])).toEqual([3]);
  });

  test("without the role that the session came with, that of the script counts", async () => {
    shop.psql("GRANT shop_guest TO shop_owner");
    const plan = "INSERT INTO shop.drop_box VALUES ('x'); SET ROLE shop_guest";
    expect(await without(",role", plan, ["drop_box"])).toEqual([["unreadable", "not counted inside: 42501"]]);
    shop.psql("REVOKE shop_guest FROM shop_owner");
  });
});

describe("the tested SQL cannot reach the counting", () => {
  const SHADOWS = `SET search_path = shop, pg_catalog;
    CREATE FUNCTION shop.count(OUT n bigint) LANGUAGE sql AS 'SELECT 7::bigint';
    CREATE FUNCTION shop.wrong(tid, tid) RETURNS bool LANGUAGE sql AS 'SELECT false';
    CREATE FUNCTION shop.more(bigint, bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 99::bigint';
    CREATE OPERATOR shop.>= (LEFTARG = tid, RIGHTARG = tid, FUNCTION = shop.wrong);
    CREATE OPERATOR shop.+ (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = shop.more);
    CREATE TEMPORARY TABLE pg_inherits (inhparent oid, inhrelid oid);
    CREATE TEMPORARY TABLE audit AS SELECT 1 FROM generate_series(1, 50);
    SET enable_tidscan = off; SET transform_null_equals = on; SET DateStyle = 'SQL, DMY';
    SET quote_all_identifiers = on;
    INSERT INTO shop.audit VALUES ('02/03/2026')`;

  test("shadows, settings, and a condition read as it was before", async () => {
    const watch: Watch[] = ["audit", ["audit", "what = NULL"], ["audit", "what::date = DATE '2026-02-03'"]];
    expect(await net(SHADOWS, watch)).toEqual([1, 0, 1]);
  });

  test("what the block is told is not told through settings that can be written over", async () => {
    const plan = `INSERT INTO shop.audit VALUES ('x');
      DO $$ DECLARE name text := substring((SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid())
        FROM 'cutter_[0-9a-f]{24}');
      BEGIN PERFORM set_config(name || '.' || word, '[[1259, null, null]]', true)
        FROM unnest('{watched,queries,asked,own,before,after}'::text[]) AS word; END $$`;
    expect(await net(plan, ["audit"])).toEqual([1]);
  });

  test("nothing that it set stays for the rest of the block, and no lock of its own", async () => {
    const witness = await sessionOn(shop, "shop_owner");
    await witness.query("SELECT pg_advisory_lock(79)");
    const running = runScript(owner, "INSERT INTO shop.measure_low VALUES (1, 1)", {
      netCounts: counting(["measure"]),
      rendezvous: { key: "79", timeoutMs: 5000 },
    });
    const locks = `SELECT string_agg(DISTINCT c.relname, ' ') AS names FROM pg_locks AS l
      JOIN pg_class AS c ON c.oid = l.relation
      WHERE l.pid = ${owner.login.backendPid} AND c.relname LIKE 'measure%' AND EXISTS (SELECT FROM pg_locks AS w
        WHERE w.pid = l.pid AND w.locktype = 'advisory' AND NOT w.granted)`;
    let seen: string | null | undefined = null;
    for (let look = 0; look < 500 && seen === null; look += 1) {
      const reply = await witness.query(locks);
      seen = reply instanceof Failure ? reply.message : reply.rows[0]?.names;
    }
    await witness.query("SELECT pg_advisory_unlock(79)");
    expect(seen).toBe("measure_low");
    const result = await running;
    expect(result instanceof Failure ? result : told(result.netCounts)).toEqual([101]);
    await witness.close();
  });
});
