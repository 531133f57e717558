/**
 * counts.server.test: `cutter proof counts`: one snapshot, what is not known by name, what moved.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CountsOrder, countsReport, type Printed, runCounts } from "../../scripts/database/counts.ts";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { failed, openRoleSession, succeed } from "../../scripts/database/target.ts";
import type { Failure } from "../../src/kernel/failure.ts";
import type { CountsReport } from "../../src/report/counts.ts";

const SETUP = `
DO $$ BEGIN CREATE ROLE counter LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA stock;
GRANT USAGE ON SCHEMA stock TO counter;
CREATE TABLE stock.plain (n int PRIMARY KEY, word text);
INSERT INTO stock.plain SELECT g, 'word ' || g FROM generate_series(1, 9) AS g;
CREATE TABLE stock.hidden (n int);
CREATE TABLE stock.drop_box (n int);
CREATE TABLE stock.guarded (n int, who text);
INSERT INTO stock.guarded VALUES (1, 'counter'), (2, 'other');
ALTER TABLE stock.guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON stock.guarded USING (who = current_user);
CREATE TABLE stock.huge AS SELECT n, repeat('x', 800) AS filler FROM generate_series(1, 21000) AS n;
ANALYZE stock.huge;
CREATE TABLE stock.split (at int) PARTITION BY RANGE (at);
CREATE TABLE stock.split_low PARTITION OF stock.split FOR VALUES FROM (0) TO (100);
INSERT INTO stock.split SELECT generate_series(1, 50);
GRANT SELECT ON stock.plain, stock.guarded, stock.huge, stock.split, stock.split_low TO counter;
GRANT INSERT ON stock.drop_box TO counter;
`;

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cutter-counts-"));
  database = await createDatabase(await testServer(), { template: "reference" });
  database.psql(SETUP);
});

afterAll(() => {
  database.drop();
  rmSync(folder, { recursive: true });
});

type Flags = Partial<CountsOrder> & { readonly role?: string };

function run({ role = "counter", ...order }: Flags): Promise<Printed | Failure> {
  return runCounts({ url: database.socketUrl(role), stateDir: folder, ...order });
}

function report({ role = "counter", ...order }: Flags) {
  return countsReport({ url: database.socketUrl(role), stateDir: folder, ...order });
}

const told = ({ relations }: CountsReport) => relations.map((one) => [one.relation, one.rows, one.how, one.note]);
const file = (name: string) => join(folder, name);

describe("one snapshot", () => {
  test("what can be counted, and why the rest cannot", async () => {
    const taken = await report({
      relations: ["plain", "hidden", "drop_box", "guarded", "huge", "split"].map((name) => `stock.${name}`),
    });
    expect(told(taken)).toEqual([
      ["stock.plain", 9, "exact", null],
      ["stock.hidden", null, "unreadable", "42501, untouched by construction"],
      ["stock.drop_box", null, "unreadable", "42501, though the role may write to it"],
      ["stock.guarded", 1, "visible rows", expect.stringContaining("row-level security is active")],
      ["stock.huge", 21_000, "estimate", null],
      ["stock.split", 50, "exact", null],
    ]);
    expect(taken).toMatchObject({ exit: 3, verdict: "INCONCLUSIVE", role: "counter" });
  });

  test("a count under row-level security is exact in no format, and its comparison is inconclusive", async () => {
    const named = { relations: ["stock.guarded"], save: file("guarded.json") };
    for (const format of ["text", "markdown", "junit", "json"] as const) {
      const printed = succeed(await run({ relations: named.relations, format }));
      expect([format, printed.text.includes("visible rows")]).toEqual([format, true]);
    }
    expect(await report(named)).toMatchObject({ exit: 3, verdict: "INCONCLUSIVE" });
    const compared = await report({ relations: named.relations, compare: named.save });
    expect(compared).toMatchObject({
      exit: 3,
      verdict: "INCONCLUSIVE",
      comparison: { relations: [{ change: "unknown" }] },
    });
    const owner = await report({ relations: named.relations, role: "postgres" });
    expect([told(owner), owner.exit]).toEqual([[["stock.guarded", 2, "exact", null]], 0]);
  });

  test("--mode exact counts the large one, --mode estimate none", async () => {
    const relations = ["stock.huge", "stock.split"];
    database.psql("ANALYZE stock.split");
    expect(told(await report({ relations, mode: "exact" })).map((row) => row[2])).toEqual(["exact", "exact"]);
    expect(told(await report({ relations, mode: "estimate" }))).toEqual([
      ["stock.huge", 21_000, "estimate", null],
      ["stock.split", 50, "estimate", null],
    ]);
  });

  test("the rows of one document, in all tables that hold it, and of one value", async () => {
    const tables = ["information_unit", "iu_lifecycle_log"].map((name) => `public.${name}`);
    const filter = [...tables.map((name) => `${name}=ICX-CONST`), "public.information_unit:lifecycle_status=enacted"];
    const taken = await report({ role: "context_pack_readonly", relations: tables, filter });
    expect(taken.relations.map((one) => [one.filter, one.rows])).toEqual([
      [null, 158],
      [null, 60],
      ["ICX-CONST", 60],
      ["ICX-CONST", 60],
      ["lifecycle_status=enacted", expect.any(Number)],
    ]);
    // A document whose name only begins the same is another one.
    const other = await report({ relations: tables, filter: ["public.information_unit=ICX"], role: "cutter_exec" });
    expect(other.relations.at(-1)?.rows).toBe(0);
  });

  test("a relation that another session has locked, and its neighbours are counted all the same", async () => {
    const holder = await openRoleSession(database);
    await holder.query("BEGIN");
    await holder.query("LOCK TABLE stock.split_low IN ACCESS EXCLUSIVE MODE");
    const taken = await report({ relations: ["stock.split", "stock.split_low", "stock.plain"] });
    const note = `AccessExclusiveLock, pid ${holder.login.backendPid}`;
    await holder.close();
    expect(told(taken)).toEqual([
      ["stock.split", null, "locked", note],
      ["stock.split_low", null, "locked", note],
      ["stock.plain", 9, "exact", null],
    ]);
    expect(taken.durationMs).toBeLessThan(400);
  });

  test("five hundred relations", async () => {
    database.psql(`CREATE SCHEMA many; GRANT USAGE ON SCHEMA many TO counter;
      SELECT format('CREATE TABLE many.t%s AS SELECT generate_series(1, %s) AS n', g, g % 7)
        FROM generate_series(1, 500) AS g \\gexec
      GRANT SELECT ON ALL TABLES IN SCHEMA many TO counter;`);
    const taken = await report({});
    const many = taken.relations.filter(({ relation }) => relation.startsWith("many."));
    expect(many.every((one) => one.how === "exact" && one.rows === Number(one.relation.slice(6)) % 7)).toBe(true);
    expect(many).toHaveLength(500);
    const few = await report({ "max-relations": 10 });
    expect(few.relations).toHaveLength(10);
    expect(few).toMatchObject({ exit: 0, verdict: "TAKEN", leftOut: taken.relations.length - 10 });
    database.psql("DROP SCHEMA many CASCADE", "postgres");
  });

  test("a relation that is named and is not there, a name that is none", async () => {
    const missing = failed(await run({ relations: ["stock.plian"] }));
    expect([missing.code, missing.message]).toEqual(["OBJECT_MISSING", "there is no relation stock.plian to count"]);
    for (const name of ["stock.plain; DROP TABLE stock.plain", 'bad"name', "a.b.c"]) {
      expect(failed(await run({ relations: [name] })).code).toBe("USAGE");
    }
    expect(failed(await run({ filter: ["stock.plain=x"] })).code).toBe("USAGE");
    const column = failed(await run({ relations: ["stock.plain"], filter: ["stock.plain:no_such=x"] }));
    expect(column.message).toContain("no_such does not exist");
    expect(failed(await run({ role: "counter", filter: ["=x"] })).code).toBe("USAGE");
  });
});

describe("saved and compared", () => {
  const relations = ["stock.plain", "stock.split", "stock.hidden"];

  test("SAME, then DIFFERS with what moved, then gone and new", async () => {
    const save = file("before.json");
    await report({ relations, save });
    expect(statSync(save).mode & 0o777).toBe(0o600);
    expect(await report({ relations, compare: save })).toMatchObject({ exit: 0, verdict: "SAME" });
    database.psql("INSERT INTO stock.plain VALUES (10, 'ten')");
    const moved = await report({ relations, compare: save });
    expect(moved).toMatchObject({ exit: 3, verdict: "DIFFERS" });
    const changes = (taken: CountsReport) => taken.comparison?.relations.map((one) => [one.relation, one.change]);
    expect(changes(moved)).toEqual([
      ["stock.plain", "changed"],
      ["stock.split", "same"],
      ["stock.hidden", "same"],
    ]);
    database.psql("DELETE FROM stock.plain WHERE n = 10");
    expect(changes(await report({ relations: ["stock.plain", "stock.guarded"], compare: save }))).toEqual([
      ["stock.plain", "same"],
      ["stock.split", "gone"],
      ["stock.hidden", "gone"],
      ["stock.guarded", "new"],
    ]);
  });

  test("--digest sees an UPDATE that keeps the count, in any row order, and is asked for on both sides", async () => {
    const [save, bare] = [file("digest.json"), file("bare.json")];
    await report({ relations, digest: true, save });
    await report({ relations, save: bare });
    database.psql("UPDATE stock.plain SET word = word WHERE n < 5");
    expect(await report({ relations, digest: true, compare: save })).toMatchObject({ verdict: "SAME" });
    database.psql("UPDATE stock.plain SET word = 'changed' WHERE n = 1");
    expect(await report({ relations, compare: bare })).toMatchObject({ exit: 0, verdict: "SAME" });
    const seen = await report({ relations, digest: true, compare: save });
    expect(seen).toMatchObject({ exit: 3, verdict: "DIFFERS" });
    expect(seen.comparison?.relations[0]).toMatchObject({ content: "changed", change: "changed", before: 9, after: 9 });
    expect(await report({ relations, digest: true, compare: bare })).toMatchObject({
      exit: 3,
      verdict: "INCONCLUSIVE",
    });
  });

  test("what was only estimated, or may be written unseen, is INCONCLUSIVE", async () => {
    for (const relation of ["stock.huge", "stock.drop_box"]) {
      const save = file(`${relation}.json`);
      await report({ relations: [relation], save });
      expect(await report({ relations: [relation], compare: save })).toMatchObject({
        exit: 3,
        verdict: "INCONCLUSIVE",
      });
    }
    const save = file("role.json");
    await report({ relations: ["stock.hidden"], save });
    const other = await report({ relations: ["stock.hidden"], compare: save, role: "cutter_exec" });
    expect(other).toMatchObject({ exit: 3, verdict: "INCONCLUSIVE" });
  });

  test("a file that is not there, not JSON, or not counts is refused before the connection", async () => {
    const [text, other] = [file("text"), file("other.json")];
    writeFileSync(text, "CUTTER");
    writeFileSync(other, '{"schema":"cutter.counts/v1","relations":7}');
    const codes = await Promise.all(
      [file("absent"), text, other].map(async (compare) => failed(await run({ compare, role: "nobody" })).code),
    );
    expect(codes).toEqual(["FILE_UNREADABLE", "FILE_UNREADABLE", "CONFIG_INVALID"]);
    expect(existsSync(file("absent"))).toBe(false);
  });
});

test("text and Markdown hold the table, its notes and the verdict", async () => {
  const relations = ["stock.plain", "stock.hidden"];
  const save = file("formats.json");
  await report({ relations, save });
  const text = succeed(await run({ relations, compare: save, format: "text" })).text;
  expect(text).toMatch(/stock\.plain +9 +exact/);
  expect(text).toContain("stock.hidden: 42501, untouched by construction");
  expect(text).toEndWith("CUTTER_COUNTS 1/2 SAME\n");
  const markdown = succeed(await run({ relations, compare: save, format: "markdown" })).text;
  expect(markdown).toMatch(/\| stock\.plain \| +9 \| exact/);
});
