/** Scripts that fail, or hide what they do: the report tells what ran and what is not known; never that nothing did. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type BatteryOrder, batteryReport, proofOf } from "../scripts/database/battery.ts";
import type { TestDatabase } from "../scripts/database/database.ts";
import { stopTestServers } from "../scripts/database/database.ts";
import { fileWith } from "../scripts/database/files.ts";
import { makeShop } from "../scripts/database/shop.ts";
import type { BatteryReport } from "../src/report/battery.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await makeShop();
});

afterAll(async () => {
  database?.drop();
  await stopTestServers();
});

function prove(text: string, more: Partial<BatteryOrder> = {}): Promise<BatteryReport> {
  return batteryReport({ url: database.socketUrl("shop_owner"), flags: { sql: fileWith("plan.sql", text) }, ...more });
}

test("a statement fails: rows until then, the aborted id, and the sequence that moved are reported", async () => {
  const report = await prove("INSERT INTO shop.orders (customer) VALUES (1); SELECT 1 / 0");
  expect(report.effects?.relations.map(({ relation, inserted }) => `${relation} ${inserted}`)).toEqual([
    "shop.audit 1",
    "shop.orders 1",
  ]);
  expect(report.notUndone.map(({ detail }) => detail).join()).toContain("shop.orders_id_seq moved by 1 (30 -> 31)");
  const { facts } = proofOf(report, 6);
  expect([facts.transaction_status, facts.sequence_drift]).toEqual(["aborted", ["shop.orders_id_seq 1"]]);
});

test("the server cancels the plan: no id to observe, what moved is listed, the rest is uncountable", async () => {
  const script = "INSERT INTO shop.orders (customer) VALUES (1); SELECT pg_sleep(5)";
  const report = await prove(script, { options: { statementTimeoutMs: 300 } });
  expect(report.failure?.facts.sqlstate).toBe("57014");
  expect(report.effects?.relations.map(({ inserted }) => inserted)).toEqual(["uncountable"]);
  expect(proofOf(report, 6).facts.transaction_status).toContain("not observable");
  const told = report.notUndone.map(({ detail }) => detail).join("\n");
  expect(told).toContain("shop.orders_id_seq moved by 1 (31 -> 32)");
  expect(told).not.toContain("nothing was written");
});

test("--spec is not fooled by a table that is renamed to the name of a declared one", async () => {
  const spec = `statements = ["DROP TABLE shop.audit", "ALTER TABLE shop.late RENAME TO audit",
    "INSERT INTO shop.audit VALUES (1, 1)"]
[[declare]]
relation = "shop.audit"
inserted = 1
`;
  const report = await batteryReport({
    url: database.socketUrl("shop_owner"),
    flags: { spec: fileWith("probe.toml", spec) },
  });
  expect(proofOf(report, 5).verdict).toBe("FAIL");
  expect(proofOf(report, 5).mismatches.map(({ what, seen }) => `${what}: ${seen}`)).toEqual([
    "shop.audit: rows inserted: uncountable",
    "shop.audit: rows updated: uncountable",
    "shop.audit: rows deleted: uncountable",
    "shop.late: touched",
    "table shop.late, renamed shop.audit: altered",
    "table shop.audit: dropped",
  ]);
});
