/**
 * progress.test: what a person sees of long work: on a terminal as it is, narrow, stopped, interrupted, or gone; and
 * that none of it is written where no terminal is.
 */
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { cutter, type Ended } from "../../../scripts/faults/program.ts";
import { drawnLines, screenOf } from "../../../scripts/faults/screen.ts";
import { onTerminal, type Typist } from "../../../scripts/faults/terminal.ts";
import { type Advance, unfailing } from "../../kernel/observer.ts";
import type { Terminal } from "../terminal.ts";
import { showProgress } from "./progress.ts";

const ESCAPE = String.fromCharCode(27);
const [CTRL_C, CTRL_S, CTRL_Q] = ["\x03", "\x13", "\x11"];
const CLI = join(import.meta.dirname, "..");
/** Two phases, the first of which takes what is given; its file is written when all is done. */
const ACT = `
  const folder = process.env.FOLDER;
  const progress = showProgress(terminal, { drawMs: 50, lineMs: 100 });
  let signalled = false;
  onSignal(async () => {
    signalled = true;
    await terminal.talk("cleaning up");
    await new Promise((next) => setTimeout(next, 300));
  });
  await terminal.talk("begun");
  progress.begins("first (1 of 2)");
  for (let done = 1; done <= 10; done += 1) {
    progress.advanced({ unit: "units", did: process.env.DID ?? "written", done, total: 10 });
    await new Promise((next) => setTimeout(next, Number(process.env.STEP_MS ?? 50)));
    if (signalled) progress.stop();
  }
  progress.done();
  progress.begins("second (2 of 2)");
  progress.done();
  progress.now("the last step");
  await Bun.write(folder + "/all-done", "yes");
  progress.stop();
  await terminal.result("the result\\n");
  await new Promise((next) => setTimeout(next, 100));
  return 0;`;

const SAMPLE = `
  const { runProgram } = await import("${CLI}/command/program.ts");
  const { defineCommand } = await import("${CLI}/command/command.ts");
  const { onSignal } = await import("${CLI}/exit.ts");
  const { showProgress } = await import("${CLI}/command/progress.ts");
  const act = defineCommand({ name: "act", summary: "s", examples: [], positionals: [], flags: [],
    run: async (_invocation, terminal) => { ${ACT} } });
  const root = { name: "sample", summary: "s", examples: [], commands: [act] };
  const argv = ["act", ...JSON.parse(process.env.ARGV ?? "[]")];
  await runProgram({ root, argv, exit: (code) => process.exit(code) });`;
const PROGRAM = [process.execPath, "-e", SAMPLE];

type Given = { readonly environment?: Record<string, string>; readonly columns?: number };

function shown({ environment = {}, columns = 80 }: Given = {}): Typist & { readonly folder: string } {
  const folder = temporaryFolder();
  const setting = { program: PROGRAM, columns, environment: { FOLDER: folder, LANG: "C.UTF-8", ...environment } };
  return Object.assign(onTerminal([], folder, setting), { folder });
}

/** Without a terminal, through a shell: the program is `"$@"`. */
function piped(script: string, argv: readonly string[] = []): Promise<Ended> {
  const environment = { FOLDER: temporaryFolder(), CODE: SAMPLE, BUN: process.execPath, ARGV: JSON.stringify(argv) };
  const started = script.replaceAll("PROGRAM", '"$BUN" -e "$CODE"');
  return cutter([], { script: started, environment });
}

const times = (line: string): string => line.replaceAll(/\d+\.\d s|^\d+ s/g, "T");

describe("on a terminal", () => {
  test("a line is drawn over itself; what stays is one line for each phase, and the result", async () => {
    const typist = shown();
    const code = await typist.exited;
    expect([code, screenOf(typist.bytes(), 80).map(times)]).toEqual([
      0,
      ["begun", "\u2713   T  first (1 of 2)", "\u2713   T  second (2 of 2)", "the result", ""],
    ]);
    const drawn = drawnLines(typist.bytes());
    expect(drawn.length).toBeGreaterThan(3);
    expect(drawn.map(times)).toContain("T, first (1 of 2): 8 of 10 units written");
  });

  test("narrow, and with wide characters: never wider than there is room, and nothing of it stays", async () => {
    const given = [44, 20, 4];
    const wide = "\u5199\u3044\u305f".repeat(3);
    const typists = given.map((columns) => shown({ columns, environment: { DID: wide } }));
    await Promise.all(typists.map(({ exited }) => exited));
    const seen = typists.map((typist, index) => {
      const columns = given[index] ?? 0;
      const drawn = drawnLines(typist.bytes()).filter((line) => line !== "the result");
      const widest = Math.max(...drawn.map((line) => Bun.stringWidth(line)));
      const left = screenOf(typist.bytes(), columns).join("").replaceAll(" ", "");
      return [widest <= Math.max(columns - 3, 1), left.match(/of10units|,first/g)];
    });
    expect(seen).toEqual(given.map(() => [true, null]));
  });

  test("made narrower while a line stands there: that line is left as it is, and no other is lost", async () => {
    const typist = shown({ environment: { STEP_MS: "120" } });
    await typist.shows("3 of 10 units");
    typist.resize(30);
    await typist.exited;
    const bytes = typist.bytes();
    expect(bytes).toMatch(/units written\r+\n/);
    const kept = ["begun", " s  first (1 of 2)", " s  second (2 of 2)", "the result"];
    expect(kept.filter((words) => !screenOf(bytes, 80).some((line) => line.includes(words)))).toEqual([]);
  });

  test("Ctrl-C in the middle: the line is gone with its ^C, no mode was set, nothing is drawn after it", async () => {
    const typist = shown({ environment: { STEP_MS: "200" } });
    await typist.shows("1 of 10 units");
    typist.type(CTRL_C);
    expect(await typist.exited).toBe(130);
    const screen = screenOf(typist.bytes(), 80);
    expect([screen.slice(0, 3), screen.at(-1)]).toEqual([
      ["begun", "cleaning up", "error INTERRUPTED: interrupted (SIGINT)"],
      "",
    ]);
    expect(typist.bytes().split("cleaning up")[1]).not.toContain("first");
    expect(typist.bytes()).not.toMatch(new RegExp(`${ESCAPE}\\[\\?`));
  });

  test("stopped with Ctrl-S: the work goes on and ends; with Ctrl-Q all that was to stay is there", async () => {
    const typist = shown();
    await typist.shows("begun");
    typist.type(CTRL_S);
    // Well before its end, and not let go before that.
    while (!existsSync(join(typist.folder, "all-done"))) await Bun.sleep(20);
    const before = typist.bytes();
    typist.type(CTRL_Q);
    await typist.exited;
    expect(before).not.toContain("second");
    expect(screenOf(typist.bytes(), 80).map(times)).toEqual([
      ...["begun", "\u2713   T  first (1 of 2)", "\u2713   T  second (2 of 2)", "the result", ""],
    ]);
  });

  test("NO_COLOR: no colour; a locale without Unicode: no tick; TERM=dumb: nothing but lines", async () => {
    const given = [{ NO_COLOR: "1" }, { LANG: "C" }, { TERM: "dumb" }] as const;
    const typists = given.map((environment) => shown({ environment }));
    await Promise.all(typists.map(({ exited }) => exited));
    const [plain = "", ascii = "", dumb = ""] = typists.map((typist) => typist.bytes());
    expect([plain.includes(`${ESCAPE}[3`), /\u2713 {3}0\.\d s {2}first/.test(plain)]).toEqual([false, true]);
    expect([ascii.includes("\u2713"), ascii.includes(`${ESCAPE}[32mdone${ESCAPE}[39m   0.`)]).toEqual([
      ...[false, true],
    ]);
    expect([dumb.includes(ESCAPE), dumb.includes("done: first (1 of 2)"), dumb.includes("of 10 units")]).toEqual([
      ...[false, true, true],
    ]);
  });
});

describe("where no terminal is", () => {
  test("in a pipe and in a file: plain lines now and then, and no sequence of any kind", async () => {
    const file = join(temporaryFolder(), "talk");
    const [pipe, kept] = await Promise.all([piped("PROGRAM"), piped(`PROGRAM 2> ${file}`)]);
    for (const talk of [pipe.stderr, readFileSync(file, "utf8")]) {
      expect(talk).not.toMatch(new RegExp(`[${ESCAPE}\\r]`));
      expect(talk).toMatch(
        /^begun\n(0 s, first \(1 of 2\): \d+ of 10 units written\n)+done: first \(1 of 2\), 0\.\d s\n/,
      );
    }
    expect([pipe.stdout, kept.stdout]).toEqual(["the result\n", "the result\n"]);
  });

  test("--quiet: nothing; a reader that is gone, a closed or a full stderr: the work is done", async () => {
    const quiet = await piped("PROGRAM", ["--quiet"]);
    expect(quiet).toMatchObject({ code: 0, stdout: "the result\n", stderr: "" });
    const ways = ["PROGRAM 2>&-", "PROGRAM 2> /dev/full", "exec 3>&1; { PROGRAM >&3; echo $? >&3; } 2>&1 | true"];
    const ended = await Promise.all(ways.map((script) => piped(script)));
    expect(ended.map(({ code, stdout }) => [code, stdout])).toEqual([
      ...[
        [0, "the result\n"],
        [0, "the result\n"],
        [0, "the result\n0\n"],
      ],
    ]);
  });
});

describe("a terminal that throws", () => {
  test("fails nobody: not the work, not a clock, and not as a rejection that nobody handles", async () => {
    const uncaught: unknown[] = [];
    const note = (reason: unknown): void => void uncaught.push(reason);
    for (const event of ["unhandledRejection", "uncaughtException"]) process.on(event, note);
    const thrown: string[] = [];
    const throwing = (name: string) => () => {
      thrown.push(name);
      throw new Error(name);
    };
    const rejecting = async () => throwing("detail")();
    const terminal = {
      ...{ draw: throwing("draw"), tellProgress: throwing("tellProgress"), clear: throwing("clear") },
      ...{ detail: rejecting, colour: { stdout: "off", stderr: "off" }, progress: "lines" },
    } as unknown as Terminal;
    const progress = showProgress(terminal, { drawMs: 5, lineMs: 5 });
    progress.begins("a phase");
    progress.advanced({ unit: "units", did: "written", done: 1, total: 2 } satisfies Advance);
    await Bun.sleep(30);
    progress.done();
    progress.stop();
    await Bun.sleep(10);
    for (const event of ["unhandledRejection", "uncaughtException"]) process.off(event, note);
    expect([uncaught, [...new Set(thrown)].sort()]).toEqual([[], ["clear", "detail", "draw", "tellProgress"]]);
    expect(unfailing(throwing("x"))()).toBeUndefined();
  });
});
