/**
 * sql-red.server.test: what turns the battery red for `--sql`: statements that fail, bounds that are exceeded, rights,
 * escapes and names that are missing; and that nothing of it stays.
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
  database.psql("SET ROLE shop_owner; CREATE TABLE shop.secret (word text)");
  before = contentOf(database);
});

afterAll(() => {
  expect(contentOf(database)).toBe(before);
  database.drop();
});

type More = Partial<BatteryOrder> & { readonly role?: string };

function order(text: string, { role = "shop_owner", flags, ...more }: More): BatteryOrder {
  return { url: database.socketUrl(role), flags: { ...flags, sql: fileWith("plan.sql", text) }, ...more };
}

function prove(text: string, more: More = {}): Promise<BatteryReport> {
  return batteryReport(order(text, more));
}

describe("what makes it red", () => {
  test("a statement that fails: its line, the server's words, and what was written before it is gone", async () => {
    const report = await prove("INSERT INTO shop.audit VALUES ('x');\n\nSELECT 1 / 0;\nSELECT 2");
    expect(verdicts(report).slice(4)).toEqual(["PROOF-5 FAIL", "PROOF-6 PASS", "PROOF-7 PASS"]);
    expect(report).toMatchObject({
      exit: 3,
      failure: { code: "STATEMENT_FAILED", facts: { line: 3, sqlstate: "22012" } },
    });
    expect(proofOf(report, 6).summary).toMatch(/xid \d+ aborted/);
  });

  test("a deferred constraint that would fail the COMMIT", async () => {
    const report = await prove("INSERT INTO shop.late VALUES (1, 999)");
    expect(report).toMatchObject({ exit: 3, failure: { code: "CONSTRAINT_DEFERRED" } });
    expect(proofOf(report, 6).verdict).toBe("PASS");
  });

  test("--max-rows and --max-lock-time", async () => {
    const rows = await prove("UPDATE shop.customer SET name = 'x'", { options: { maxRows: 9 } });
    expect(proofOf(rows, 5).mismatches).toEqual([{ what: "rows touched", expected: "at most 9", seen: "10" }]);
    expect(verdicts(await prove("UPDATE shop.customer SET name = 'x'", { options: { maxRows: 10 } }))).toEqual(
      ALL_PASS,
    );
    const plan = "LOCK TABLE shop.customer IN SHARE MODE; SELECT pg_sleep(0.06)";
    const [locked] = proofOf(await prove(plan, { options: { maxLockMs: 50 } }), 5).mismatches;
    expect(locked).toMatchObject({ what: "ShareLock on shop.customer", expected: "at most 50 ms" });
    expect(verdicts(await prove(plan, { options: { maxLockMs: 5_000 } }))).toEqual(ALL_PASS);
    // A row lock is none that others wait for as a table.
    expect(verdicts(await prove("DELETE FROM shop.late", { options: { maxLockMs: 0 } }))).toEqual(ALL_PASS);
  });

  test("a lock is held while the witness looks, too: that others waited then is not left out", async () => {
    database.psql(
      "CREATE VIEW shop.slow AS SELECT pg_sleep(0.2)::text AS slept; GRANT SELECT ON shop.slow TO shop_owner",
    );
    const plan = "LOCK TABLE shop.late IN ACCESS EXCLUSIVE MODE";
    const report = await prove(plan, { flags: { watch: ["shop.slow"] }, options: { maxLockMs: 150 } });
    database.psql("DROP VIEW shop.slow");
    expect(report.effects?.locks[0]?.heldMs).toBeGreaterThan(200);
    const { facts, mismatches } = proofOf(report, 5);
    expect(facts.witness_look_ms).toBeGreaterThan(200);
    expect(mismatches).toEqual([
      {
        what: "AccessExclusiveLock on shop.late",
        expected: "at most 150 ms",
        seen: expect.stringMatching(/^[\d.]+ ms, of these [\d.]+ while the witness looked$/),
      },
    ]);
  });

  test("a right that is missing, an escape, a relation to watch that is not there", async () => {
    const denied = await prove("SELECT * FROM shop.secret", { role: "shop_guest" });
    expect(denied).toMatchObject({ exit: 3, failure: { code: "STATEMENT_FAILED", facts: { sqlstate: "42501" } } });
    const reaching = await prove("COPY shop.audit TO PROGRAM 'cat'");
    expect([verdicts(reaching)[3], reaching.failure?.code]).toEqual(["PROOF-4 FAIL", "SCRIPT_ESCAPES"]);
    const unwatched = await prove("SELECT 1", { flags: { watch: ["shop.oders"] } });
    expect(unwatched).toMatchObject({
      attempts: 0,
      failure: {
        code: "OBJECT_MISSING",
        data: "The write was not tried; nothing was written.",
        hint: expect.stringContaining("--watch"),
      },
    });
    expect(verdicts(unwatched)[3]).toBe("PROOF-4 FAIL");
  });

  test("a transaction command is refused before any connection", async () => {
    const refused = failed(await battery({ ...order("SELECT 1; COMMIT", {}), url: "postgres://nobody@127.0.0.1:1/x" }));
    expect(refused.code).toBe("SCRIPT_NOT_SEALABLE");
  });
});
