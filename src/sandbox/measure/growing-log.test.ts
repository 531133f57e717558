/** Tests of the log of a server that was cut: each way of it is seen at the next look, and told once. */
import { expect, test } from "bun:test";
import { appendFileSync, truncateSync, writeFileSync } from "node:fs";
import { fileWith } from "../../../scripts/database/files.ts";
import { limits } from "../../kernel/limits.ts";
import { GrowingLog } from "./growing-log.ts";

const HEAD = "LOG:  starting PostgreSQL\n";

function begun(): GrowingLog {
  return new GrowingLog(fileWith("server.log", HEAD));
}

test("a log that only grows was never cut", () => {
  const log = begun();
  expect(log.look()).toBe(HEAD.length);
  appendFileSync(log.path, "LOG:  more\n");
  expect([log.look(), log.cuts]).toEqual([HEAD.length + 11, []]);
});

test("a log of which not all can be read is no log to judge by", () => {
  const log = begun();
  truncateSync(log.path, limits.sandboxLogBytes + 1);
  log.look();
  expect(log.cuts).toEqual([expect.stringContaining("bytes, of which 4294967296 are read")]);
});

test.each<readonly [string, (path: string) => void, readonly string[]]>([
  ["emptied", (path) => truncateSync(path), ["37 bytes were there, then 0"]],
  ["emptied, and grown again", (path) => writeFileSync(path, "x".repeat(50)), ["its first 26 bytes are others"]],
  ["shortened by its last entry", (path) => truncateSync(path, HEAD.length), ["37 bytes were there, then 26"]],
])("%s", (_how, cut, told) => {
  const log = begun();
  appendFileSync(log.path, "LOG:  more\n");
  log.look();
  cut(log.path);
  log.look();
  expect(log.cuts).toEqual(told);
});
