/** Tests of a password that stands behind the wrong option: refused before anything else, and never shown. */
import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { cutter } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";

const URL = `postgres://operator:${TEST_PASSWORD}@db.example/icx`;

// The program's streams and files are searched for the password whenever it runs: program.ts.
test.each([
  [["runs", "--state-dir", URL]],
  [["runs", `--state-dir=${URL}`]],
  [["cut", "LAW", "--source", URL]],
  [["backup", "verify", URL]],
  [["plan", URL]],
  [["verify", `x ${URL}`]],
  [["approve", "RUN", "--gate", "SG1", "--note", `see ${URL}`]],
  [["hold", "set", "--run", "RUN", "--reason", `host=db password=${TEST_PASSWORD}`]],
  [["proof", "killswitch", URL]],
])("%j", async (argv) => {
  const directory = temporaryFolder();
  const ended = await cutter(argv, { directory });
  expect([ended.code, readText(ended)?.code, readText(ended)?.message]).toEqual([
    ...[2, "USAGE", expect.stringContaining("is given a password, which does not belong there")],
  ]);
  expect([readdirSync(directory), existsSync(`${directory}/postgres:`)]).toEqual([[], false]);
});

test("where a connection belongs it is taken", async () => {
  const ended = await cutter(["counts", "--url", URL.replace("db.example", "127.0.0.1:1")]);
  expect(readText(ended)?.message ?? "").not.toContain("does not belong there");
});
