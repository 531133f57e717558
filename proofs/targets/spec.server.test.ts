/**
 * spec.server.test: `--spec`: an operator's own contract, kept, exceeded and wrongly written.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  ALL_PASS,
  type BatteryOrder,
  battery,
  batteryReport,
  contentOf,
  proofOf,
  verdicts,
} from "../../scripts/database/battery.ts";
import { type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { fileWith } from "../../scripts/database/files.ts";
import { makeShop } from "../../scripts/database/shop.ts";
import { failed } from "../../scripts/database/target.ts";
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

function prove(text: string): Promise<BatteryReport> {
  return batteryReport(order(text));
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

describe("what the operator asks for besides", () => {
  test("another role is red in PROOF-3, before anything is written", async () => {
    const report = await prove(HEAD.replace("shop_owner", "shop_guest") + DECLARED);
    expect(proofOf(report, 3).mismatches).toEqual([{ what: "role", expected: "shop_guest", seen: "shop_owner" }]);
    expect(report).toMatchObject({ exit: 3, attempts: 0 });
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

  test("a leak query without a number of rows is no zero", async () => {
    const report = await prove(`leak_query = "SELECT name FROM shop.customer LIMIT 0"\n${HEAD}${DECLARED}`);
    expect(proofOf(report, 6).verdict).toBe("FAIL");
  });

  test("a watched relation that is not there", async () => {
    const report = await prove(`${HEAD}[[watch]]\nrelation = "shop.custmer"\n${DECLARED}`);
    expect(report).toMatchObject({ failure: { code: "OBJECT_MISSING" } });
  });
});

describe("a file that is not a spec is CONFIG_INVALID with the path of what is wrong, before any connection", () => {
  const FILES: readonly (readonly [text: string, path: string])[] = [
    [`${HEAD}\nlekq_query = "SELECT 0"`, "lekq_query"],
    [`${HEAD}[[declare]]\nrelation = "shop.orders"\ninsreted = 1`, "declare.0.insreted"],
    [`${HEAD}[[declare]]\nrelation = "shop.orders"\ninserted = -1`, "declare.0.inserted"],
    [`${HEAD}[[declare]]\nrelation = "shop.orders"\ninserted = { minimum = 1 }`, "declare.0.inserted"],
    [`${HEAD}[[watch]]\nwhere = "true"`, "watch.0.relation"],
    [`role = "x"`, "statements"],
    ["statements = []", "statements"],
    ["statements = [", "probe.toml"],
    [`${HEAD}[[watch]]\nrelation = "shop.orders"\nwhere = "true) UNION SELECT (1"`, "true) UNION SELECT (1"],
    [`${HEAD}[[watch]]\nrelation = "shop.orders"\nwhere = "true) LIMIT (1"`, "true) LIMIT (1"],
    [`leak_query = "DELETE FROM shop.orders"\n${HEAD}`, "DELETE FROM shop.orders"],
  ];
  for (const [text, path] of FILES) {
    test(path, async () => {
      const refused = failed(await battery({ ...order(text), url: "postgres://nobody@127.0.0.1:1/x" }));
      expect([refused.code, refused.message]).toEqual(["CONFIG_INVALID", expect.stringContaining(path)]);
    });
  }
});
