/**
 * spec.server.test: `--spec`: an operator's own contract, kept, exceeded and wrongly written.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  ALL_PASS,
  type BatteryOrder,
  batteryReport,
  contentOf,
  proofOf,
  verdicts,
} from "../../scripts/database/battery.ts";
import { type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { fileWith } from "../../scripts/database/files.ts";
import { makeShop } from "../../scripts/database/shop.ts";
import { defaultCountOptions } from "../../src/kernel/counts/request.ts";
import type { BatteryReport } from "../../src/report/battery.ts";

let database: TestDatabase;
let before: string;

beforeAll(async () => {
  await testServer();
  database = await makeShop();
  before = contentOf(database);
});

afterAll(() => {
  expect(contentOf(database)).toBe(before);
  database.drop();
});

function order(text: string): BatteryOrder {
  return { url: database.socketUrl("shop_owner"), flags: { spec: fileWith("probe.toml", text) } };
}

function prove(text: string, options: BatteryOrder["options"] = {}): Promise<BatteryReport> {
  return batteryReport({ ...order(text), options });
}

const HEAD = `
role = "shop_owner"
statements = [
  "INSERT INTO shop.orders (customer, total) VALUES (3, 1), (3, 2)",
  "DELETE FROM shop.customer WHERE id = 1;",
]
`;
const DECLARED = `
[[declare]]
relation = "shop.orders"
inserted = 2
deleted = { min = 1, max = 5 }
[[declare]]
relation = "shop.customer"
deleted = 1
[[declare]]
relation = "shop.audit"
inserted = { min = 3 }
`;

describe("bounds", () => {
  test("kept, both ends included, with a watched part of a table and a leak query", async () => {
    const watch = `[[watch]]\nrelation = "shop.orders"\nwhere = "customer = 3"\n`;
    const leak = `leak_query = "SELECT count(*) AS rows FROM shop.orders WHERE total < 0"\n`;
    const report = await prove(leak + HEAD + watch + DECLARED);
    expect(verdicts(report)).toEqual(ALL_PASS);
    expect(report).toMatchObject({ tier: "sealed", target: { kind: "spec" } });
    expect(report.counts.find((row) => row.filter === "customer = 3")).toMatchObject({
      relation: "shop.orders",
      before: 3,
      inTransaction: 5,
      during: 3,
      after: 3,
      mode: "exact",
    });
    expect(proofOf(report, 6).facts.probe_rows_leaked).toBe(0);
  });

  test("exceeded, not reached, an undeclared table, an undeclared kind: each is named", async () => {
    const text = DECLARED.replace("inserted = 2", "inserted = 1").replace("max = 5", "max = 2").split("[[declare]]");
    const report = await prove(`${HEAD}${text.slice(0, 3).join("[[declare]]").replace("deleted = 1", "updated = 1")}`);
    expect(report).toMatchObject({ exit: 3, failure: { code: "NOT_PROVEN" } });
    expect(proofOf(report, 5).mismatches).toEqual([
      { what: "shop.orders: rows inserted", expected: "1", seen: "2" },
      { what: "shop.orders: rows deleted", expected: "1 to 2", seen: "3" },
      { what: "shop.customer: rows updated", expected: "1", seen: "0" },
      { what: "shop.customer: rows deleted", expected: "0", seen: "1" },
      { what: "shop.audit", expected: "not touched: it is not declared", seen: "touched" },
    ]);
    expect(proofOf(report, 6).verdict).toBe("PASS");
  });

  test("a relation is named as SQL names it: in any case, quoted or not, with or without public", async () => {
    database.psql(`CREATE TABLE public.orders (n int); CREATE TABLE public."user" (n int); CREATE TABLE public."Odd" ();
      GRANT ALL ON public.orders, public."user", public."Odd" TO shop_owner`);
    const statements = `statements = ["INSERT INTO public.orders VALUES (1)", 'INSERT INTO public."user" VALUES (1)',
      'INSERT INTO public."Odd" DEFAULT VALUES']\n`;
    const names = [
      ["orders", 'public."user"', '"Odd"'],
      ["Public.Orders", '"user"', 'PUBLIC."Odd"'],
      ['"orders"', "public.User", 'public."Odd"'],
    ];
    const seen: unknown[] = [];
    for (const three of names) {
      const declared = three.map((name) => `[[declare]]\nrelation = '${name}'\ninserted = 1\n`).join("");
      const watched = three.map((name) => `[[watch]]\nrelation = '${name}'\n`).join("");
      seen.push(proofOf(await prove(statements + declared + watched), 5).mismatches);
    }
    database.psql('DROP TABLE public.orders, public."user", public."Odd"');
    expect(seen).toEqual([[], [], []]);
  });

  test("an uncountable change keeps no bound, and a name that is no relation declares nothing", async () => {
    const text = `statements = ["TRUNCATE shop.late"]\n[[declare]]\nrelation = "shop.late"\ndeleted = { min = 0 }\n`;
    const report = await prove(text);
    expect(proofOf(report, 5).mismatches).toContainEqual({
      what: "shop.late: rows deleted",
      expected: "a number within its bounds",
      seen: "uncountable",
    });
  });
});

describe("what is no row", () => {
  const STATEMENTS = `statements = ["ALTER TABLE shop.audit ADD COLUMN at date", "GRANT SELECT ON shop.late TO PUBLIC",
    "CREATE FUNCTION shop.hello() RETURNS int LANGUAGE sql AS 'SELECT 1'"]\n`;
  const COLUMN = `[[catalog]]\nchange = "created"\nkind = "column"\nname = "shop.audit.at"\n`;
  const GRANT = `[[catalog]]\nchange = "altered"\nkind = "grant"\nname = "on table shop.late"\n`;
  const FUNCTION = `[[catalog]]\nchange = "created"\nkind = "function"\nname = "shop.hello()"\n`;

  test("is declared too, in the words of the report", async () => {
    const report = await prove(`${STATEMENTS}${COLUMN}${GRANT}${FUNCTION}`);
    expect(verdicts(report)).toEqual(ALL_PASS);
  });

  test("fails where it is not declared, and where what is declared does not happen", async () => {
    const nothing = await prove(STATEMENTS);
    expect(nothing).toMatchObject({ exit: 3, failure: { code: "NOT_PROVEN" } });
    const expected = "not changed: it is not declared ([[catalog]])";
    expect([...proofOf(nothing, 5).mismatches].sort((a, b) => (a.what < b.what ? -1 : 1))).toEqual([
      { what: "column shop.audit.at", expected, seen: "created" },
      { what: "function shop.hello()", expected, seen: "created" },
      { what: "grant on table shop.late", expected, seen: "altered" },
    ]);
    const other = await prove(`${STATEMENTS}${COLUMN}${GRANT}${FUNCTION.replace("created", "dropped")}`);
    expect(proofOf(other, 5).mismatches).toEqual([
      { what: "function shop.hello()", expected: "dropped", seen: "not so" },
      { what: "function shop.hello()", expected, seen: "created" },
    ]);
  });
});

test("a relation has one name, however it is written", async () => {
  database.psql(`SET ROLE shop_owner; CREATE TABLE shop."order" (id int); CREATE TABLE shop."Größe" (id int);
    CREATE TABLE shop.größe (id int)`);
  const statements = `statements = ["INSERT INTO shop.\\"order\\" VALUES (1)",
    "INSERT INTO shop.\\"Größe\\" VALUES (1)", "INSERT INTO shop.größe VALUES (1), (2)"]\n`;
  const declare = (relation: string, rows: number) =>
    `[[declare]]\nrelation = ${JSON.stringify(relation)}\ninserted = ${rows}\n`;
  const watch = `[[watch]]\nrelation = 'Shop."order"'\n`;
  const report = await prove(
    `${statements}${watch}${declare('SHOP."order"', 1)}${declare('shop."Größe"', 1)}${declare("Shop.größe", 2)}`,
  );
  database.psql(`DROP TABLE shop."order", shop."Größe", shop.größe`);
  expect(proofOf(report, 5).mismatches).toEqual([]);
  expect(verdicts(report)).toEqual(ALL_PASS);
});

describe("what the operator asks for besides", () => {
  test("another role is red in PROOF-3, before anything is written", async () => {
    const report = await prove(HEAD.replace("shop_owner", "shop_guest") + DECLARED);
    expect(proofOf(report, 3).mismatches).toEqual([{ what: "role", expected: "shop_guest", seen: "shop_owner" }]);
    expect(report).toMatchObject({ exit: 3, attempts: 0 });
  });

  test("a condition that takes too long to count inside fails nothing, and is not 0", async () => {
    const slow = "pg_catalog.pg_sleep(0.005) IS NOT NULL";
    const statement = "INSERT INTO shop.audit SELECT g::text FROM generate_series(1, 500) AS g";
    const report = await prove(
      `statements = ["${statement}"]\n[[watch]]\nrelation = "shop.audit"\nwhere = "${slow}"\n
      [[declare]]\nrelation = "shop.audit"\ninserted = 500\n`,
      { statementTimeoutMs: 800 },
    );
    expect(verdicts(report)).toEqual(ALL_PASS);
    const rows = report.counts.filter(({ relation }) => relation === "shop.audit");
    expect(rows.map((row) => [row.filter, row.before, row.inTransaction, row.during, row.after])).toEqual([
      [slow, 0, "over budget", 0, 0],
      [null, 0, 500, 0, 0],
    ]);
    expect(rows[0]?.note).toContain("not counted inside: ");
  });

  test("a leak query that finds rows is red in PROOF-6", async () => {
    const leak = `leak_query = "SELECT count(*) AS rows FROM shop.customer"\n`;
    const report = await prove(leak + HEAD + DECLARED);
    expect(proofOf(report, 6)).toMatchObject({
      verdict: "FAIL",
      summary: expect.stringContaining("10 rows leaked"),
      mismatches: [{ what: "the leak query of the spec", expected: "0 rows", seen: "10 rows" }],
    });
  });

  const NO_NUMBER: readonly (readonly [query: string, message: string])[] = [
    ["SELECT name FROM shop.customer LIMIT 0", "0 rows"],
    ["SELECT 0 AS rows UNION ALL SELECT count(*) FROM shop.orders ORDER BY 1", "2 rows"],
    ["SELECT 0 AS found", "one row without a column rows: found"],
    ["SELECT NULL AS rows", "rows = NULL"],
    ["SELECT 'abc' AS rows", "rows = abc"],
    ["SELECT '' AS rows", "rows = "],
    ["SELECT 'Infinity'::float8 AS rows", "rows = Infinity"],
    ["SELECT -1 AS rows", "rows = -1"],
    ["SELECT 0.5 AS rows", "rows = 0.5"],
    ["SELECT count(*) AS rows FROM shop.oders", "42P01"],
    ["SELECT 1 / 0 AS rows", "22012"],
    ["WITH gone AS (DELETE FROM shop.late RETURNING id) SELECT count(*) AS rows FROM gone", "25006"],
    ["SELECT set_config('transaction_read_only', 'off', true)::int AS rows", "25001"],
  ];
  for (const [query, message] of NO_NUMBER) {
    test(`a leak query that gives no number of rows is no zero, and nothing is written: ${query}`, async () => {
      const report = await prove(`leak_query = "${query}"\n${HEAD}${DECLARED}`);
      expect(report).toMatchObject({ exit: 2, attempts: 0, failure: { code: "CONFIG_INVALID" } });
      expect(proofOf(report, 4).failure?.message).toStartWith("the leak query of the spec");
      expect(proofOf(report, 4).failure?.message).toContain(message);
    });
  }

  test("a leak query takes no longer than the witness may look, and what it sets is gone", async () => {
    const counts = { ...defaultCountOptions, budgetMs: 200 };
    const slow = `leak_query = "SELECT 0 AS rows FROM pg_sleep(120)"\n${HEAD}${DECLARED}`;
    const report = await batteryReport({ ...order(slow), options: { counts } });
    expect(report).toMatchObject({ exit: 3, attempts: 0, failure: { code: "STATEMENT_FAILED" } });
    expect(report.failure?.hint).toContain("--mode exact");
    expect(report.durationMs).toBeLessThan(2_000);
  });

  test("a condition that takes too long is asked once, said to be over budget, and holds no lock longer", async () => {
    const counts = { ...defaultCountOptions, budgetMs: 1_500 };
    const watch = `[[watch]]\nrelation = "shop.orders"\nwhere = "pg_sleep(0.3) IS NOT NULL"\n`;
    const report = await batteryReport({ ...order(`${HEAD}${watch}${DECLARED}`), options: { counts } });
    expect(verdicts(report)).toEqual(ALL_PASS);
    expect(report.counts[0]).toMatchObject({ filter: "pg_sleep(0.3) IS NOT NULL", before: "over budget" });
    // Asked twice it would be over its budget twice.
    expect(report.durationMs).toBeLessThan(3_000);
  });

  test("a leak query cannot make itself writable for the next time", async () => {
    const off = "set_config('default_transaction_read_only', 'off', false)";
    database.psql(`CREATE FUNCTION shop.sneaks() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
      IF current_setting('transaction_read_only') = 'on' THEN PERFORM ${off}; RETURN 0; END IF;
      UPDATE shop.customer SET name = 'sneaked'; RETURN 0; END $$`);
    const report = await prove(`leak_query = "SELECT shop.sneaks() AS rows"\n${HEAD}${DECLARED}`);
    database.psql("DROP FUNCTION shop.sneaks()");
    expect(verdicts(report)).toEqual(ALL_PASS);
    expect(contentOf(database)).toBe(before);
  });

  test("a leak query and a condition are scanned as a script is: what they reach outside is refused", async () => {
    const ends = "pg_terminate_backend(0)";
    for (const text of [
      `leak_query = "SELECT count(${ends}) AS rows"\n${HEAD}`,
      `${HEAD}[[watch]]\nrelation = "shop.orders"\nwhere = "${ends} IS NULL"\n`,
      `${HEAD}[[watch]]\nrelation = "shop.orders"\nwhere = "orders.total IN (SELECT 1 FROM pg_stat_reset())"\n`,
    ]) {
      const report = await prove(`${text}${DECLARED}`);
      expect(report).toMatchObject({ exit: 4, attempts: 0, failure: { code: "SCRIPT_ESCAPES" } });
    }
  });

  test("a watched relation that is not there", async () => {
    const report = await prove(`${HEAD}[[watch]]\nrelation = "shop.custmer"\n${DECLARED}`);
    expect(report).toMatchObject({ failure: { code: "OBJECT_MISSING" } });
  });
});
