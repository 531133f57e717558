/** Tests of the one transaction that every write is in: whole, or undone, and never left open. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { Failure } from "../../kernel/failure.ts";
import { Connection } from "./connection.ts";

const INSERT = "INSERT INTO t (a) VALUES ($a)";

function connection(): { readonly connection: Connection; readonly count: () => number } {
  const database = new Database(":memory:", { strict: true });
  database.run("CREATE TABLE t (a integer PRIMARY KEY) STRICT");
  return {
    connection: new Connection("memory", database),
    count: () => database.query("SELECT 1 FROM t").all().length + (database.inTransaction ? 1000 : 0),
  };
}

test("what a write has done is undone when it answers a Failure, and kept when it answers a value", () => {
  const { connection: one, count } = connection();
  const failure = new Failure("RUN_MOVE_REFUSED", "no");
  const refused = one.write(() => {
    one.change(INSERT, { a: 1 });
    return failure;
  });
  expect([refused, count()]).toEqual([failure, 0]);
  expect(one.write(() => one.change(INSERT, { a: 1 }))).toBe(1);
  expect(count()).toBe(1);
});

test("a bug is thrown, after what it had done was undone; so are a broken constraint and a missing parameter", () => {
  const { connection: one, count } = connection();
  const thrown = (work: () => void): string => {
    try {
      one.write(() => {
        one.change(INSERT, { a: 7 });
        work();
        return null;
      });
      return "nothing";
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  };
  const bugs = [
    thrown(() => {
      throw new Error("a bug");
    }),
    thrown(() => one.change(INSERT, { a: 7 })),
    thrown(() => one.change(INSERT, {})),
    thrown(() => one.rows("SELECT missing")),
  ];
  expect(bugs).toEqual(["a bug", "UNIQUE constraint failed: t.a", 'Missing parameter "a"', "no such column: missing"]);
  expect(count()).toBe(0);
});
