/**
 * run-missing.test: a file or the whole folder of a waiting run is gone: resume and verify give one answer, and it is
 * true of the data.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import type { Ended } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { type Desk, HANDBOOK, makeDesk, makeReference, runIdIn, surveying } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

const ONLY_READ = "No connection was made; files of the state directory were read, and none was changed.";
const ALTERED = { exit: 3, code: "EVIDENCE_ALTERED" };

let database: TestDatabase;
let run: string;
/** The same run where it waits at its first gate, and at its second. */
let first: Desk;
let second: Desk;
beforeAll(async () => {
  database = await makeReference(await anyServer());
  first = makeDesk();
  const source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  run = runIdIn(await first.run(["cut", "HANDBOOK", "--source", source, ...surveying(database)]));
  second = first.copy();
  await second.run(["resume", run, ...surveying(database)]);
});
afterAll(() => database.drop());

const at = (desk: Desk, ...names: string[]): string => join(desk.state, "runs", ...names);

function told(ended: Ended) {
  return { exit: ended.code, code: readText(ended)?.code ?? null };
}

test("a folder or a file of a waiting run that is gone: one answer, of resume and of verify", async () => {
  for (const [from, path] of [
    [first, [run]],
    [first, [run, "smoke-SG1.json"]],
    [first, [run, "settings.json"]],
    [first, [run, "source"]],
    [second, [run]],
    [second, [run, "smoke-SG2.json"]],
    [second, [run, "approval-SG1.json"]],
  ] as const) {
    const desk = from.copy();
    rmSync(at(desk, ...path), { recursive: true });
    const resumed = await desk.run(["resume", run, ...surveying(database)]);
    expect([path, told(resumed)]).toEqual([path, ALTERED]);
    const verified = await desk.run(["verify", run]);
    expect([path, told(verified), readText(verified)?.data]).toEqual([path, ALTERED, ONLY_READ]);
  }
});
