/** Tests of the sealed tier itself: what it answers, and what happens when something it relies on is broken. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { stopTestServers, type TestDatabase } from "../../../scripts/database/database.ts";
import { makeShop, runScript, sealed, sessionOn } from "../../../scripts/database/shop.ts";
import { Failure } from "../failure.ts";
import type { Cell, Reply, Session } from "../session/session.ts";
import { parseScript } from "./script.ts";
import { runSealed } from "./sealed.ts";

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

const auditRows = (): string => shop.psql("SELECT count(*) FROM shop.audit");

async function failure(session: Session, text: string): Promise<Failure> {
  const result = await runScript(session, text);
  if (!(result instanceof Failure)) throw new Error("expected a Failure");
  return result;
}

describe("a sealed plan", () => {
  test("runs every statement, answers rows and durations, and leaves nothing", async () => {
    const result = await sealed(owner, "INSERT INTO shop.audit VALUES ('a'), ('b');\n\nSELECT * FROM shop.audit;");
    const got = result.statements.map(({ index, line, kind, rows }) => [index, line, kind, rows]);
    expect(got).toEqual([
      [1, 1, "INSERT", 2],
      [2, 3, "SELECT", 2],
    ]);
    for (const { durationMs } of result.statements) expect(durationMs).toBeGreaterThan(0);
    expect(result.rendezvous).toBe("none");
    expect([owner.status(), owner.lost(), auditRows()]).toEqual(["I", null, "0"]);
    expect(shop.psql(`SELECT pg_xact_status('${result.effects.xid}')`)).toBe("aborted");
  });

  test("a message of megabytes is cut wherever it is told, and says so", async () => {
    const big = "repeat('y', 2000000)";
    const failed = await failure(
      owner,
      `DO $$ BEGIN RAISE EXCEPTION '%', ${big} USING DETAIL = ${big}, HINT = ${big}, CONSTRAINT = ${big}; END $$`,
    );
    expect(failed.message).toContain("(cut here; 2000000 characters in all) (SQLSTATE P0001)");
    expect(JSON.stringify(failed).length).toBeLessThan(40_000);
  });

  test("a plan of megabytes is cut, and says so", async () => {
    const { statements } = await sealed(owner, `SELECT 1 FROM shop.customer WHERE '${"y".repeat(1e6)}' = name`, {
      explain: "with plans",
    });
    expect(statements[0]?.plan).toEndWith("characters in all)");
    expect(statements[0]?.plan?.length).toBeLessThan(100_100);
  });

  test("gives back settings, role and search_path", async () => {
    await sealed(owner, "SET search_path = shop; SET statement_timeout = 1234; SET application_name = 'x'");
    const reply = await owner.query(
      `SELECT current_setting('search_path') || current_setting('statement_timeout')
        || current_setting('application_name') AS s`,
    );
    expect(reply instanceof Failure ? reply : reply.rows[0]?.s).not.toMatch(/shop|1234|x$/);
  });

  test("shows the planner's text under --explain, and only for what is planned", async () => {
    const { statements } = await sealed(owner, "SELECT * FROM shop.customer; LOCK TABLE shop.late", {
      explain: "with plans",
    });
    expect(statements.map(({ plan }) => plan?.split(" ")[0])).toEqual(["Seq", undefined]);
  });

  test("takes thousands of statements", async () => {
    const script = Array.from({ length: 3000 }, (_, row) => `INSERT INTO shop.audit VALUES ('${row}');`).join("\n");
    const { statements, effects } = await sealed(owner, script);
    expect([statements.length, effects.relations[0]?.inserted, auditRows()]).toEqual([3000, 3000, "0"]);
  });
});

describe("a statement that fails", () => {
  test("is named with line, kind and the server's words, and what it left is in the facts", async () => {
    const found = await failure(
      owner,
      "INSERT INTO shop.orders (customer) VALUES (1);\n\nINSERT INTO shop.customer VALUES (1);",
    );
    expect(found.code).toBe("STATEMENT_FAILED");
    expect(found.message).toContain("statement 2 (line 3, INSERT) failed: duplicate key");
    expect(found.facts).toMatchObject({ sqlstate: "23505", constraint: "customer_pkey", statement: 2, line: 3 });
    expect(found.facts.sequences_moved).toHaveLength(1);
    expect([owner.status(), auditRows()]).toEqual(["I", "0"]);
  });

  test("a deferred constraint fails the plan as it would have failed the COMMIT", async () => {
    const found = await failure(owner, "INSERT INTO shop.late VALUES (1, -1)");
    expect([found.code, found.facts.sqlstate, found.facts.constraint]).toEqual([
      "CONSTRAINT_DEFERRED",
      "23503",
      "late_customer_fkey",
    ]);
  });

  test("a right that the role lacks", async () => {
    const guest = await sessionOn(shop, "shop_guest");
    const found = await failure(guest, "SELECT 1; DELETE FROM shop.late");
    expect([found.code, found.facts.statement, found.facts.sqlstate]).toEqual(["STATEMENT_FAILED", 2, "42501"]);
    await guest.close();
  });

  test("a lock that another session holds ends the plan within the bound", async () => {
    const other = await sessionOn(shop, "shop_owner");
    await other.query("BEGIN");
    await other.query("LOCK TABLE shop.late");
    const result = await runScript(owner, "SELECT 1; SELECT * FROM shop.late", { lockTimeoutMs: 100 });
    expect(result).toMatchObject({ code: "STATEMENT_FAILED", facts: { sqlstate: "55P03", statement: 2 } });
    await other.close();
  });

  test("a session killed in the middle is SESSION_LOST, and nothing stays", async () => {
    const victim = await sessionOn(shop, "shop_owner");
    const running = runScript(victim, "INSERT INTO shop.audit VALUES ('x'); SELECT pg_sleep(5)");
    await Bun.sleep(200);
    shop.psql(`SELECT pg_terminate_backend(${victim.login.backendPid})`);
    expect(await running).toMatchObject({ code: "SESSION_LOST" });
    expect(auditRows()).toBe("0");
  });
});

describe("the rendezvous with the witness", () => {
  test("the block waits with everything written until the witness has looked", async () => {
    const witness = await sessionOn(shop, "shop_owner");
    await witness.query("SELECT pg_advisory_lock(77)");
    const running = runScript(owner, "INSERT INTO shop.audit VALUES ('during')", {
      rendezvous: { key: "77", timeoutMs: 5000 },
    });
    const waiting = `SELECT count(*) AS n FROM pg_locks
      WHERE locktype = 'advisory' AND NOT granted AND pid = ${owner.login.backendPid}`;
    let seen: string | null | undefined = "0";
    for (let look = 0; look < 200 && seen === "0"; look += 1) {
      const reply = await witness.query(waiting);
      seen = reply instanceof Failure ? reply.message : reply.rows[0]?.n;
    }
    expect([seen, auditRows()]).toEqual(["1", "0"]);
    await witness.query("SELECT pg_advisory_unlock(77)");
    const result = await running;
    expect(result instanceof Failure ? result : [result.rendezvous, result.effects.relations[0]?.inserted]).toEqual([
      "met",
      1,
    ]);
    await witness.close();
  });

  test("a witness that never comes is missed, not waited for", async () => {
    const witness = await sessionOn(shop, "shop_owner");
    await witness.query("SELECT pg_advisory_lock(78)");
    const result = await sealed(owner, "SET lock_timeout = 0; SELECT 1", { rendezvous: { key: "78", timeoutMs: 100 } });
    expect(result.rendezvous).toBe("missed");
    await witness.close();
  });
});

/** The real session, with one statement answered otherwise. */
function tampered(
  session: Session,
  tamper: (text: string, run: (text: string) => Promise<Reply | Failure>) => Promise<Reply | Failure>,
): Session {
  return {
    label: session.label,
    login: session.login,
    query: (text: string, parameters?: readonly Cell[]) =>
      tamper(text, (sent) => session.query(sent, sent === text ? parameters : [])),
    status: () => session.status(),
    lost: () => session.lost(),
    cancel: () => session.cancel(),
    close: () => session.close(),
    destroy: () => session.destroy(),
  };
}

describe("sabotage: each thing that the sealed tier relies on, broken", () => {
  const SCRIPT = "INSERT INTO shop.audit VALUES ('leak')";

  async function runTampered(tamper: Parameters<typeof tampered>[1]): Promise<unknown> {
    const session = await sessionOn(shop, "shop_owner");
    const script = await parseScript(SCRIPT);
    if (script instanceof Failure) throw new Error(script.message);
    const result = await runSealed(tampered(session, tamper), { script });
    await session.close();
    return result instanceof Failure ? result.code : result.tier;
  }

  test("untouched, it is sealed", async () => {
    expect(await runTampered((text, run) => run(text))).toBe("sealed");
  });

  test("a COMMIT in place of the ROLLBACK is noticed, and even so nothing stays", async () => {
    expect(await runTampered((text, run) => run(text === "ROLLBACK" ? "COMMIT" : text))).toBe("GUARD_BROKEN");
    expect(auditRows()).toBe("0");
  });

  test("another backend that answers is noticed", async () => {
    const stranger = { rows: [{ pid: "1" }], tag: "SELECT 1", notices: [] };
    const tamper = async (text: string, run: (text: string) => Promise<Reply | Failure>) =>
      /^SELECT pg_catalog\.pg_backend_pid\(\) AS pid$/.test(text) ? stranger : run(text);
    expect(await runTampered(tamper)).toBe("GUARD_BROKEN");
  });

  test("a block without its seal is noticed", async () => {
    const tamper = (text: string, run: (text: string) => Promise<Reply | Failure>) =>
      run(text.replace("sealed := true;\n    RAISE EXCEPTION 'cutter: the sealed block ends here';", ""));
    expect(await runTampered(tamper)).toBe("GUARD_BROKEN");
    expect(auditRows()).toBe("0");
  });

  test("a block that ends its transaction is noticed", async () => {
    const tamper = (text: string, run: (text: string) => Promise<Reply | Failure>) =>
      run(text.startsWith("DO $cutter_seal$") ? "ROLLBACK" : text);
    expect(await runTampered(tamper)).toBe("GUARD_BROKEN");
  });

  test("a server that reads backslashes otherwise is refused", async () => {
    const session = await sessionOn(shop, "shop_owner");
    await session.query("SET standard_conforming_strings = off");
    expect(await runScript(session, "SELECT 1")).toMatchObject({ code: "SCRIPT_NOT_SEALABLE" });
    await session.close();
  });
});

describe("a plan that the server cancelled as a whole is told by the statement that ran", () => {
  const place = async (text: string): Promise<string> => {
    const run = await runScript(owner, text, { statementTimeoutMs: 300 });
    if (!(run instanceof Failure)) throw new Error("expected a Failure");
    return run.message.split(" failed:")[0] ?? "";
  };
  const slow = "PERFORM pg_sleep(9);";

  test("which may hold the text of another, in a string or as its own work", async () => {
    const named = await place(`SELECT 1; DO $$ BEGIN RAISE NOTICE 'SELECT 1'; ${slow} END $$`);
    expect(named).toBe("statement 2 (line 1, DO)");
    const quoted = await place(`SELECT 1;\nDO $$ BEGIN ${slow} RAISE NOTICE '"SELECT 1"'; END $$`);
    expect(quoted).toBe("statement 2 (line 2, DO)");
    const inner = await place(`SELECT 1;\nDO $$ BEGIN EXECUTE 'DO $i$ BEGIN ${slow} END $i$'; END $$;
      DO $i$ BEGIN ${slow} END $i$`);
    expect(inner).toBe("statement 2 (line 2, DO)");
  });

  test("and of several with the same text none is picked", async () => {
    const twice = `DO $$ BEGIN IF current_setting('shop.n', true) = '1' THEN ${slow} END IF;
      PERFORM set_config('shop.n', '1', true); END $$`;
    expect(await place(`${twice};\nSELECT 1;\n${twice}`)).toBe("statement 1 or 3 (DO)");
  });
});
