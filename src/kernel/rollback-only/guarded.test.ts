/** Tests of the guarded tier: each wall is broken once, and every time nothing stays. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { failed, openRoleSession, succeed } from "../../../scripts/database/target.ts";
import type { Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";
import { UNKNOWN_XID } from "./effects.ts";
import { knownEffects } from "./failed-run.ts";
import { type RollbackOnlyTransaction, rollbackOnly } from "./guarded.ts";
import { demonstrateRefusal } from "./poison.ts";

let database: TestDatabase;
let session: Session;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  database.psql(`CREATE TABLE public.box (id int PRIMARY KEY, word text);
    CREATE TABLE public.part (id int REFERENCES public.box DEFERRABLE INITIALLY DEFERRED);
    INSERT INTO public.box VALUES (1, 'one')`);
});

beforeEach(async () => {
  await session?.close();
  session = await openRoleSession(database);
});

afterAll(async () => {
  await session?.close();
  database?.drop();
});

const rows = (): string => database.psql("SELECT count(*) FROM public.box");
const INSERT = "INSERT INTO public.box VALUES (2, 'two')";

/** Runs the statements as the work; answers the failure. */
async function broken(...statements: string[]): Promise<Failure> {
  const result = await rollbackOnly(session, (transaction) => runAll(transaction, statements));
  return failed(result);
}

async function runAll(transaction: RollbackOnlyTransaction, statements: readonly string[]): Promise<number> {
  for (const statement of statements) await transaction.query(statement);
  return statements.length;
}

describe("a rollback-only transaction", () => {
  test("answers what the work answers, with its effects, and leaves nothing", async () => {
    const result = succeed(await rollbackOnly(session, (transaction) => runAll(transaction, [INSERT])));
    expect(result.value).toBe(1);
    expect(result.effects.relations).toEqual([
      {
        oid: database.psql("SELECT 'public.box'::regclass::oid"),
        relation: "public.box",
        inserted: 1,
        updated: 0,
        deleted: 0,
        reason: null,
      },
    ]);
    expect([rows(), session.status(), session.lost()]).toEqual(["1", "I", null]);
    expect(database.psql(`SELECT pg_xact_status('${result.effects.xid}')`)).toBe("aborted");
  });

  test("shows its open state to whoever looks before the rollback", async () => {
    let seen = "";
    const beforeRollback = async (xid: string | null) => {
      seen = `${rows()} rows outside, ${database.psql(`SELECT pg_xact_status('${xid}')`)}`;
      return null;
    };
    succeed(await rollbackOnly(session, (transaction) => runAll(transaction, [INSERT]), { beforeRollback }));
    expect(seen).toBe("1 rows outside, in progress");
  });

  test("without a write it has no transaction id, and says so", async () => {
    const result = succeed(await rollbackOnly(session, (transaction) => runAll(transaction, ["SELECT 1"])));
    expect([result.effects.xid, result.effects.relations]).toEqual([null, []]);
  });

  test("gives the failure of a statement back as it is, rolled back, with the session still good", async () => {
    const result = await rollbackOnly(session, (transaction) => transaction.query("INSERT INTO public.box VALUES (1)"));
    expect(failed(result).facts.sqlstate).toBe("23505");
    expect(knownEffects(failed(result))).toMatchObject({ xid: UNKNOWN_XID, relations: [{ inserted: "uncountable" }] });
    expect([rows(), session.status(), session.lost()]).toEqual(["1", "I", null]);
  });
});

describe("each wall", () => {
  test("a COMMIT is refused by the server, and the session is ended", async () => {
    const failure = await broken(INSERT, "COMMIT");
    expect(failure.code).toBe("GUARD_BROKEN");
    expect([rows(), session.lost()?.code]).toEqual(["1", "SESSION_LOST"]);
  });

  test("a ROLLBACK with a new transaction behind it is noticed at once", async () => {
    expect((await broken(INSERT, "ROLLBACK", INSERT)).code).toBe("GUARD_BROKEN");
    expect(rows()).toBe("1");
  });

  test("ROLLBACK AND CHAIN, which leaves an open transaction without the poison, is noticed", async () => {
    const failure = await broken(INSERT, "ROLLBACK AND CHAIN", INSERT);
    expect([failure.code, failure.message]).toEqual([
      "GUARD_BROKEN",
      "rollback-only transaction: the cursor that makes COMMIT fail is gone",
    ]);
    expect(rows()).toBe("1");
  });

  test("CLOSE ALL takes the poison away, and the next statement is not run any more", async () => {
    expect((await broken("CLOSE ALL", INSERT, "COMMIT")).message).toContain(
      "the cursor that makes COMMIT fail is gone",
    );
    expect(rows()).toBe("1");
  });

  test("a cursor of the same name that would not fail is no poison", async () => {
    const fake = "DECLARE cutter_poison SCROLL CURSOR WITH HOLD FOR SELECT 1";
    expect((await broken("CLOSE cutter_poison", fake, INSERT)).code).toBe("GUARD_BROKEN");
    expect(rows()).toBe("1");
  });

  test("two statements in one string are refused by the server", async () => {
    const result = await rollbackOnly(session, (transaction) => transaction.query(`${INSERT}; COMMIT`));
    expect(failed(result).facts.sqlstate).toBe("42601");
    expect(rows()).toBe("1");
  });

  test("a deferred constraint that would refuse the COMMIT fails the proof", async () => {
    const failure = await broken("INSERT INTO public.part VALUES (99)");
    expect([failure.code, failure.facts.sqlstate]).toEqual(["CONSTRAINT_DEFERRED", "23503"]);
    const effects = knownEffects(failure);
    expect(effects?.relations.map(({ relation, inserted }) => `${relation} ${inserted}`)).toEqual(["public.part 1"]);
    expect(session.lost()).toBeNull();
  });

  test("a backend that is killed ends everything, and nothing stays", async () => {
    const result = await rollbackOnly(session, async (transaction) => {
      await transaction.query(INSERT);
      database.psql(`SELECT pg_terminate_backend(${session.login.backendPid})`);
      return transaction.query(INSERT);
    });
    expect(failed(result).code).toBe("SESSION_LOST");
    expect(rows()).toBe("1");
  });

  test("a statement that is too slow is cancelled, and the transaction rolled back", async () => {
    const options = { statementTimeoutMs: 100 };
    const result = await rollbackOnly(session, (transaction) => transaction.query("SELECT pg_sleep(30)"), options);
    expect(failed(result).facts.sqlstate).toBe("57014");
    expect([session.status(), session.lost()]).toEqual(["I", null]);
  });

  test("a lock that someone else holds is given up within its bound", async () => {
    const holder = await openRoleSession(database);
    succeed(await holder.query("BEGIN"));
    succeed(await holder.query("LOCK TABLE public.box"));
    const result = await rollbackOnly(session, (transaction) => transaction.query(INSERT), { lockTimeoutMs: 100 });
    expect(failed(result).facts.sqlstate).toBe("55P03");
    await holder.close();
  });
});

describe("the demonstration that the server refuses COMMIT", () => {
  test("answers 22P02, and leaves the session idle", async () => {
    expect(succeed(await demonstrateRefusal(session))).toMatchObject({ sqlstate: "22P02", status: "I" });
  });

  test("sabotage: without the poison the COMMIT goes through, and that is GUARD_BROKEN", async () => {
    const disarmed: Pick<Session, "query" | "status"> = {
      query: (text) => session.query(text.startsWith("DECLARE") ? "SELECT 1" : text),
      status: () => session.status(),
    };
    expect(failed(await demonstrateRefusal(disarmed)).code).toBe("GUARD_BROKEN");
  });
});

test("one that stands still longer than it may is ended by the server, and nothing stays", async () => {
  const result = await rollbackOnly(session, (transaction) => runAll(transaction, [INSERT]), {
    idleTimeoutMs: 100,
    beforeRollback: async () => {
      await Bun.sleep(600);
      return null;
    },
  });
  expect([failed(result).code, rows()]).toEqual(["SESSION_LOST", "1"]);
});
