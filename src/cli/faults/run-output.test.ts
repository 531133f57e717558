/**
 * run-output.test: what the verbs of runs print: in each format, for what is not there, on 80 columns, and with nowhere
 * to print it.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, linkSync, mkdirSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { crashBuild } from "../../../scripts/faults/crash-build.ts";
import { readText, refusal } from "../../../scripts/faults/refusal.ts";
import { type Desk, HANDBOOK, makeDesk, makeReference, runIdIn, surveying } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";
import { runSchema } from "../../report/run-schema.ts";

const UNKNOWN = "ictr-20260521T042359Z-ad3d0b97";

let database: TestDatabase;
let desk: Desk;
let waiting: string;
let source: string;
beforeAll(async () => {
  database = await makeReference(await anyServer());
  desk = makeDesk();
  source = join(temporaryFolder(), "handbook.md");
  writeFileSync(source, HANDBOOK);
  waiting = runIdIn(await desk.run(["cut", "HANDBOOK", "--source", source, ...surveying(database)]));
});
afterAll(() => database.drop());

describe("a run", () => {
  test("is shown by show and report alike, as text, JSON, Markdown, JUnit and TAP", async () => {
    const begins: Readonly<Record<string, RegExp>> = {
      text: new RegExp(`^run ${waiting}, dryrun\n`),
      json: /^\{.*\}\n$/,
      markdown: new RegExp(`^# Run ${waiting}\n`),
      junit: /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites /,
      tap: /^TAP version 14\n1\.\.\d+\n/,
    };
    for (const [format, begin] of Object.entries(begins)) {
      const [shown, reported] = [
        await desk.run(["show", waiting, "--format", format]),
        await desk.run(["report", waiting, "--format", format]),
      ];
      expect([shown.code, shown.stdout === reported.stdout, begin.test(shown.stdout)]).toEqual([0, true, true]);
    }
    expect(v.safeParse(runSchema, await desk.show(waiting)).success).toBe(true);
  });

  test("is listed as text, JSON and Markdown, newest first, and by its document alone where one is named", async () => {
    const other = runIdIn(await desk.run(["cut", "OTHER", "--source", source, ...surveying(database)]));
    expect(await desk.runs()).toEqual([other, waiting]);
    const listed = await desk.run(["runs", "--document", "HANDBOOK", "--format", "markdown"]);
    expect([listed.stdout.includes(waiting), listed.stdout.includes(other)]).toEqual([true, false]);
    expect((await desk.run(["runs"])).stdout).toContain("2 runs, 2 of which wait for a person\n");
    expect((await desk.run(["runs", "--document", "NONE"])).stdout).toContain("there is none");
  });

  test("whose folder is gone or lacks a file is told, and so is a folder that is of no run", async () => {
    const copy = desk.copy();
    const [first = "", second = ""] = await copy.runs();
    renameSync(join(copy.state, "runs", first), join(copy.state, "runs", UNKNOWN));
    unlinkSync(join(copy.state, "runs", second, "source"));
    const { code, stdout } = await copy.run(["runs"]);
    const blocks = stdout.split("\n\n").map((block) => block.split("\n").map((line) => line.trim()));
    expect([code, ...blocks.slice(1, 4).map((lines) => lines.slice(3).concat(lines[0] ?? ""))]).toEqual([
      0,
      ["trouble: its folder is missing", `next: cutter verify ${first}`, `${first}  OTHER`],
      ["trouble: source missing in its folder", `next: cutter verify ${second}`, `${second}  HANDBOOK`],
      [`trouble: runs/${UNKNOWN} is of no run that this store knows`],
    ]);
    const document = JSON.parse((await copy.run(["runs", "--json"])).stdout);
    expect([document.runs[0].trouble, document.troubles.length]).toEqual(["its folder is missing", 1]);
  });

  test("that waits says what to do next, and resumed in JSON it is one document", async () => {
    expect((await desk.show(waiting)).next[0]).toStartWith(`cutter resume ${waiting}`);
    const resumed = await desk.copy().run(["resume", waiting, ...surveying(database), "--json"]);
    expect([resumed.code, JSON.parse(resumed.stdout).exit, readText(resumed)?.code]).toEqual([
      ...[6, 6, "STOP_APPROVAL_REQUIRED"],
    ]);
  });
});

describe("what is not there", () => {
  for (const verb of ["show", "report", "verify", "resume"]) {
    test(`${verb} says so, as text and as JSON`, async () => {
      const told = await refusal([verb, UNKNOWN], { stateDirectory: desk.state });
      expect(told).toMatchObject({ exit: 2, code: "RUN_UNKNOWN" });
      for (const name of ["../x", "ictr", `${UNKNOWN}/..`]) {
        expect(await refusal([verb, name], { stateDirectory: desk.state })).toMatchObject({ exit: 2, code: "USAGE" });
      }
    });
  }

  test("an approval for another run is refused, told as JSON too, and kept as the reason", async () => {
    const copy = desk.copy();
    const foreign = join((await desk.show((await desk.runs())[0] ?? "")).folder, "smoke-SG1.json");
    const approval = join(temporaryFolder(), "approval.json");
    copyFileSync(foreign, approval);
    const argv = ["resume", waiting, "--approval", approval, ...surveying(database)];
    const told = await refusal(argv, { stateDirectory: copy.state });
    expect(told).toMatchObject({ exit: 4, code: "STOP_APPROVAL_INVALID" });
    expect((await copy.show(waiting)).stop?.code).toBe("STOP_APPROVAL_INVALID");
    expect((await copy.run(["verify", waiting])).code).toBe(0);
    expect((await copy.run(["resume", waiting, ...surveying(database)])).code).toBe(6);
  });
});

describe("stdout", () => {
  test("closed by its reader: a quiet end, and the exit code of the gates", async () => {
    const script = '{ "$@"; echo "exit $?" >&2; } | head -c 10';
    const ended = await desk.run(["dryrun", ...surveying(database)], { script });
    expect(ended.stdout).toBe('database "');
    expect(ended.stderr).toMatch(/^evidence: \S+\nexit 0\n$/);
  });

  test("a full device: the loss is a failure, and the evidence is there", async () => {
    const ended = await desk.run(["dryrun", ...surveying(database)], { script: 'exec "$@" > /dev/full' });
    expect([ended.code, readText(ended)?.code]).toEqual([5, "FILE_WRITE_FAILED"]);
    expect(ended.evidence).toContain("ALL_GATES_PASS");
  });
});

describe("who started it, and what it is", () => {
  test("below a process that is called cron, G1 fails", async () => {
    const script = 'cp "$(command -v sh)" "$HOME/cron"; "$HOME/cron" -c \'"$@"; exit $?\' sh "$@"';
    const ended = await makeDesk().run(["dryrun", ...surveying(database)], { script });
    expect([ended.code, /^FAIL +G1 /m.test(ended.stdout), /^PASS +G7 /m.test(ended.stdout)]).toEqual([3, true, true]);
    expect(ended.stdout).toContain("session: expected started by a person, seen cron (cron)");
  });

  test("beside a list of digests that has another one, G1 fails", async () => {
    const folder = join(temporaryFolder(), "bin");
    mkdirSync(folder);
    const program = join(folder, "cutter");
    linkSync(crashBuild(), program);
    writeFileSync(join(folder, "SHA256SUMS"), `${"0".repeat(64)}  cutter\n`);
    const ended = await makeDesk(program).run(["dryrun", ...surveying(database)]);
    expect([ended.code, /^FAIL +G1 /m.test(ended.stdout), /^PASS +G7 /m.test(ended.stdout)]).toEqual([3, true, true]);
    expect(ended.stdout).toContain("SHA256SUMS");
  });
});
