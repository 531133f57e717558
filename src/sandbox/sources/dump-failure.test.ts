/** Tests of what is told of a dump that was not taken: another version is told with both, and with what helps. */
import { expect, test } from "bun:test";
import { dumpFailure } from "./dump-failure.ts";

test("another version is told with both versions, and with where pg_dump is named", () => {
  const stderr = [
    "pg_dump: error: aborting because of server version mismatch",
    "pg_dump: detail: server version: 18.1; pg_dump version: 15.18 (Debian 15.18-1)",
    "",
  ].join("\n");
  const { message, hint } = dumpFailure({ code: 1, signal: null, stderr });
  expect(message).toBe(
    "pg_dump ended with exit code 1: pg_dump: error: aborting because of server version mismatch; " +
      "pg_dump: detail: server version: 18.1; pg_dump version: 15.18 (Debian 15.18-1)",
  );
  expect([hint.includes("[backup] of cutter.toml"), hint.includes("pg_read_all_data")]).toEqual([true, false]);
});

test("anything else is told in its first line, with what the role needs", () => {
  const stderr = "pg_dump: error: query failed: ERROR:  permission denied for table x\npg_dump: detail: Query was: y\n";
  const { message, hint } = dumpFailure({ code: 1, signal: null, stderr });
  expect(message).toBe(
    "pg_dump ended with exit code 1: pg_dump: error: query failed: ERROR:  permission denied for table x",
  );
  expect(hint).toContain("pg_read_all_data");
  expect(dumpFailure({ code: null, signal: "SIGKILL", stderr: "" }).message).toBe(
    "pg_dump ended with SIGKILL: it said nothing",
  );
});
