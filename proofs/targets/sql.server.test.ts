/**
 * sql.server.test: `--sql` on a database that has nothing of ours: what a script would touch, lock and consume, as its
 * owner and as a role with few rights, and that none of it stays.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { safeParse } from "valibot";
import {
  ALL_PASS,
  type BatteryOrder,
  batteryReport,
  contentOf,
  proofOf,
  verdicts,
} from "../../scripts/database/battery.ts";
import type { TestDatabase } from "../../scripts/database/database.ts";
import { testServer } from "../../scripts/database/database.ts";
import { fileWith } from "../../scripts/database/files.ts";
import { makeShop } from "../../scripts/database/shop.ts";
import { defaultCountOptions } from "../../src/kernel/counts/request.ts";
import { limits } from "../../src/kernel/limits.ts";
import type { BatteryReport } from "../../src/report/battery.ts";
import { batterySchema } from "../../src/report/battery-schema.ts";
import { textReport } from "../../src/report/text.ts";

const MORE = `
SET ROLE shop_owner;
CREATE TABLE shop.ticket (id bigint GENERATED ALWAYS AS IDENTITY, seat text NOT NULL);
CREATE TABLE shop.diary (who text DEFAULT current_user, word text);
ALTER TABLE shop.diary ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.diary USING (who = current_user);
INSERT INTO shop.diary VALUES ('shop_owner', 'a'), ('shop_guest', 'b');
GRANT SELECT, INSERT ON shop.diary, shop.ticket TO shop_guest;
CREATE TABLE shop.ledger (amount numeric);
GRANT INSERT ON shop.ledger TO shop_guest;
CREATE TABLE shop.secret (word text);
`;

let database: TestDatabase;
let before: string;

beforeAll(async () => {
  await testServer();
  database = await makeShop();
  database.psql(MORE);
  // Whoever waits for a lock waits on, until its own timeout.
  database.psql(`ALTER DATABASE ${database.name} SET deadlock_timeout = '60s'`);
  before = contentOf(database);
});

afterAll(() => {
  expect(contentOf(database)).toBe(before);
  expect(database.psql("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'cutter%'")).toBe("0");
  database.drop();
});

type More = Partial<BatteryOrder> & { readonly role?: string };

function order(text: string, { role = "shop_owner", flags, ...more }: More): BatteryOrder {
  return { url: database.socketUrl(role), flags: { ...flags, sql: fileWith("plan.sql", text) }, ...more };
}

function prove(text: string, more: More = {}): Promise<BatteryReport> {
  return batteryReport(order(text, more));
}

function radius(report: BatteryReport): unknown[] {
  const relations = report.effects?.relations ?? [];
  return relations.map((one) => [one.relation, one.inserted, one.updated, one.deleted]);
}

const looksAt = (report: BatteryReport, relation: string) => {
  const row = report.counts.find((count) => count.relation === relation);
  return [row?.before, row?.during, row?.after, row?.note];
};

describe("the blast radius, without being told where to look", () => {
  const PLAN = `
INSERT INTO shop.orders (customer, total) SELECT 2, g FROM generate_series(1, 4) AS g;
DELETE FROM shop.customer WHERE id = 1;
UPDATE shop.measure SET at = at + 100 WHERE at < 60;
INSERT INTO shop.ticket (seat) VALUES ('1a'), ('1b');
INSERT INTO shop.late VALUES (1, 2);`;

  test("triggers, cascades, partitions, sequences, identity", async () => {
    const report = await prove(PLAN);
    expect(verdicts(report)).toEqual(ALL_PASS);
    expect(report).toMatchObject({ exit: 0, tier: "sealed", role: "shop_owner", target: { kind: "sql" } });
    expect(radius(report)).toEqual([
      // 4 inserted, 3 cascaded: 7 audit rows.
      ["shop.audit", 7, 0, 0],
      ["shop.customer", 0, 0, 1],
      ["shop.late", 1, 0, 0],
      // A row that changes its partition is a delete and an insert.
      ["shop.measure_high", 10, 0, 0],
      ["shop.measure_low", 0, 0, 10],
      ["shop.orders", 4, 0, 3],
      ["shop.ticket", 2, 0, 0],
    ]);
    const drift = report.effects?.sequences.map(({ sequence, drift: moved }) => [sequence, moved]);
    expect(drift).toEqual([
      ["shop.orders_id_seq", "4"],
      ["shop.ticket_id_seq", "2"],
    ]);
    expect(report.notUndone.filter(({ what }) => what === "sequence positions")).toHaveLength(2);
    expect(looksAt(report, "shop.orders")).toEqual([30, 30, 30, null]);
    expect(proofOf(report, 6).facts).toMatchObject({
      transaction_status: "aborted",
      seen_from: "before, during and after",
    });
    expect(contentOf(database)).toBe(before);
  });

  test("rows that came and went again inside are attempted, and are not among those seen inside", async () => {
    const plan = `INSERT INTO shop.ticket (seat) VALUES ('1a'), ('1b'); TRUNCATE shop.measure_low; DROP TABLE shop.late;
      DO $$ BEGIN INSERT INTO shop.ticket (seat) VALUES ('1c'), ('1d'), ('1e'); RAISE EXCEPTION 'back';
        EXCEPTION WHEN raise_exception THEN END $$`;
    const report = await prove(plan);
    expect(verdicts(report)).toEqual(ALL_PASS);
    expect(radius(report)).toContainEqual(["shop.ticket", 5, 0, 0]);
    const inside = report.counts.map((row) => [row.relation, row.before, row.inTransaction, row.after, row.note]);
    const locked = "not observable: locked by the proof";
    // The referenced table is locked as a table whose file is replaced would be, so it is looked at.
    expect(inside.filter(([, , seen]) => seen !== "not taken").sort()).toEqual([
      ["shop.customer", 10, 10, 10, locked],
      ["shop.late", 0, "missing", 0, `not counted inside: dropped by the transaction; ${locked}`],
      ["shop.measure_low", 50, 0, 50, locked],
      ["shop.ticket", 0, 2, 0, null],
    ]);
    expect(textReport(report)).toContain("shop.ticket: 0 → 2 → 0");
    const counts = { ...defaultCountOptions, mode: "estimate" } as const;
    const estimated = await prove(plan, { options: { counts } });
    expect([...new Set(estimated.counts.map((row) => row.inTransaction))]).toEqual(["not taken"]);
  });

  test("as a role with few rights: what is hidden from it is said, and what it may not read is no PASS", async () => {
    const plan = "INSERT INTO shop.diary (word) VALUES ('c')";
    const report = await prove(plan, { role: "shop_guest" });
    expect([report.exit, proofOf(report, 6).verdict]).toEqual([3, "INCONCLUSIVE"]);
    expect(report.counts.find(({ relation }) => relation === "shop.diary")?.mode).toBe("visible rows");
    expect(verdicts(await prove(plan, { role: "shop_guest", witnessUrl: database.socketUrl("postgres") }))).toEqual(
      ALL_PASS,
    );
    expect(radius(report)).toEqual([["shop.diary", 1, 0, 0]]);
    expect(looksAt(report, "shop.diary")).toEqual([1, 1, 1, expect.stringContaining("row-level security is active")]);
    expect(looksAt(report, "shop.ledger")[3]).toBe("42501, though the role may write to it");
    expect(looksAt(report, "shop.secret")[3]).toBe("42501, untouched by construction");
    const unseen = await prove("INSERT INTO shop.ledger VALUES (1)", { role: "shop_guest" });
    expect([unseen.exit, proofOf(unseen, 6).verdict]).toEqual([3, "FAIL"]);
    expect(looksAt(unseen, "shop.ledger")[3]).toBe("42501, yet written to by the proof, and rolled back");
    const witnessUrl = database.socketUrl("shop_owner");
    const seen = await prove("INSERT INTO shop.ledger VALUES (1)", { role: "shop_guest", witnessUrl });
    expect(verdicts(seen)).toEqual(ALL_PASS);
    expect(looksAt(seen, "shop.ledger")).toEqual([0, 0, 0, "not counted inside: 42501"]);
  });

  test("a witness with fewer rights: its 42501 is not taken for the proof's", async () => {
    const report = await prove("SELECT 1", { witnessUrl: database.socketUrl("shop_guest") });
    expect(verdicts(report)).toEqual(ALL_PASS);
    expect(looksAt(report, "shop.secret")).toEqual([
      "unreadable",
      "unreadable",
      "unreadable",
      "42501, though the role may write to it",
    ]);
    expect(looksAt(report, "shop.orders")).toEqual([30, 30, 30, null]);
  });

  test("a witness that looks at another database is refused by PROOF-3", async () => {
    const witnessUrl = database.socketUrl("shop_guest").replace(database.name, "postgres");
    const report = await prove("SELECT 1", { witnessUrl });
    expect(verdicts(report).slice(2, 4)).toEqual(["PROOF-3 FAIL", "PROOF-4 NOT RUN"]);
    expect(report).toMatchObject({ exit: 3, attempts: 0 });
  });

  test("a plan that writes nothing has no transaction id, and PROOF-6 says so", async () => {
    const report = await prove("SELECT count(*) FROM shop.orders; SET LOCAL work_mem = '8MB'");
    expect(verdicts(report)).toEqual(ALL_PASS);
    expect(report.effects?.xid).toBeNull();
    expect(proofOf(report, 6).summary).toContain("nothing was written");
  });
});

describe("DDL on a watched table that holds rows", () => {
  test("ALTER TABLE: no deadlock, no wait for one, and the witness cannot see it meanwhile", async () => {
    const mark = Bun.file(database.server.logFile).size;
    const report = await prove("ALTER TABLE shop.orders ADD COLUMN note text DEFAULT clock_timestamp()::text");
    expect(verdicts(report)).toEqual(ALL_PASS);
    expect(looksAt(report, "shop.orders")).toEqual([30, "not observable", 30, "not observable: locked by the proof"]);
    expect(looksAt(report, "shop.customer")).toEqual([10, 10, 10, null]);
    expect(report.durationMs).toBeLessThan(limits.lockTimeoutMs);
    expect(safeParse(batterySchema, JSON.parse(JSON.stringify(report))).issues).toBeUndefined();
    const locks = report.effects?.locks.map(({ relation, mode }) => `${relation} ${mode}`);
    expect(locks).toContain("shop.orders AccessExclusiveLock");
    expect(radius(report)).toEqual([["shop.orders", "uncountable", "uncountable", "uncountable"]]);
    expect(await Bun.file(database.server.logFile).slice(mark).text()).not.toContain("deadlock");
  });

  test("a partition, its parent, an index, a table made and filled: each watched, none waited for", async () => {
    const watch = ["shop.measure", "shop.orders"];
    for (const [text, relation] of [
      ["ALTER TABLE shop.measure_low ADD CHECK (value > 0)", "shop.measure"],
      ["ALTER TABLE shop.measure ADD COLUMN unit text", "shop.measure_high"],
      ["REINDEX INDEX shop.orders_pkey", "shop.orders"],
      ["REINDEX (CONCURRENTLY false) TABLE shop.orders", "shop.orders"],
      ["CREATE TABLE shop.extra AS SELECT 1 AS one; ALTER TABLE shop.orders SET (fillfactor = 70)", "shop.customer"],
    ] as const) {
      const report = await prove(text, { flags: { watch } });
      expect([text, ...verdicts(report)]).toEqual([text, ...ALL_PASS]);
      expect(report.durationMs).toBeLessThan(limits.lockTimeoutMs);
      const [, during, , note] = looksAt(report, relation);
      if (relation === "shop.customer") expect(during).toBe(10);
      else expect([during, note]).toEqual(["not observable", "not observable: locked by the proof"]);
    }
  });

  test("TRUNCATE and DROP are uncountable, never 0", async () => {
    const report = await prove("TRUNCATE shop.audit, shop.measure_low; DROP TABLE shop.late, shop.diary");
    expect(verdicts(report)).toEqual(ALL_PASS);
    expect(radius(report)).toContainEqual(["shop.measure_low", "uncountable", "uncountable", "uncountable"]);
    expect(radius(report)).toContainEqual(["shop.diary", "uncountable", "uncountable", "uncountable"]);
    const dropped = report.effects?.catalog.filter(({ change }) => change === "dropped").map(({ name }) => name);
    expect(dropped).toContain("shop.diary");
    const tooMuch = await prove("TRUNCATE shop.measure_low", { options: { maxRows: 1_000 } });
    expect(proofOf(tooMuch, 5).mismatches).toEqual([
      { what: "rows touched", expected: "at most 1000", seen: "0 and some uncountable" },
    ]);
  });

  test("what the transaction made is not looked for afterwards: no error in the server's log", async () => {
    const mark = Bun.file(database.server.logFile).size;
    const report = await prove("CREATE TABLE shop.made (n int); INSERT INTO shop.made VALUES (1), (2)");
    expect(verdicts(report)).toEqual(ALL_PASS);
    expect(radius(report)).toEqual([["shop.made", 2, 0, 0]]);
    const log = await Bun.file(database.server.logFile).slice(mark).text();
    expect(log.split("\n").filter((line) => /ERROR/.test(line))).toEqual([
      // PROOF-2 tries a COMMIT.
      expect.stringContaining("COMMIT refused"),
    ]);
  });
});

test("--param goes in as a value, --explain gives the plan of each statement", async () => {
  const report = await prove("UPDATE shop.customer SET name = $2 WHERE id = $1::int", {
    flags: { param: ["7", "it's; DROP TABLE shop.orders"], explain: true },
  });
  expect(verdicts(report)).toEqual(ALL_PASS);
  expect(radius(report)).toEqual([["shop.customer", 0, 1, 0]]);
  expect(String(proofOf(report, 5).facts.plans)).toMatch(/line 1\nUpdate on customer/);
});
