/**
 * command.test: the lines that citty 0.2.2 lets pass are refused, each with a suggestion, before anything runs.
 *
 * Parsing is tested on a table of its own; exit codes and streams on the real program in ../../main.test.ts.
 */
import { describe, expect, test } from "bun:test";
import { defineCommand as cittyCommand, runCommand } from "citty";
import { Failure } from "../../kernel/failure.ts";
import { defineCommand, EMBEDDED_FLAG, type Group, type Invocation } from "./command.ts";
import { renderHelp } from "./help.ts";
import { parse } from "./parse.ts";
import { suggest } from "./suggest.ts";

const write = defineCommand({
  name: "write",
  summary: "Writes.",
  examples: [{ arguments: "FILE --dry-run", explanation: "Nothing is written." }],
  formats: ["text", "json", "junit"],
  positionals: [
    { name: "FILE", description: "What to write.", required: true },
    { name: "PLACE", description: "Where to.", required: false },
  ],
  flags: [
    { name: "dry-run", kind: "boolean", description: "Only look." },
    { name: "rows", kind: "integer", valueName: "N", description: "How many.", default: 7, minimum: 1, maximum: 50 },
    { name: "mode", kind: "choice", choices: ["auto", "exact"], description: "How.", default: "auto" },
    { name: "allow", kind: "list", valueName: "NAME", description: "What to allow." },
    { name: "value", kind: "list", valueName: "VALUE", description: "What to write.", values: "any" },
    { name: "label", kind: "string", valueName: "TEXT", description: "A name." },
    EMBEDDED_FLAG,
  ],
  run: async ({ flags, positionals }) => {
    // The types follow from the definitions: these lines are the test, tsc runs it.
    const typed: readonly [boolean, number, "auto" | "exact", readonly string[], string | undefined, string] = [
      flags["dry-run"],
      flags.rows,
      flags.mode,
      flags.allow,
      flags.label,
      positionals.FILE,
    ];
    return typed.length;
  },
});
const gate = defineCommand({
  name: "gate",
  summary: "Opens.",
  examples: [],
  positionals: [],
  flags: [{ name: "gate", kind: "choice", choices: ["SG1", "SG2"], description: "Which.", required: true }],
  run: async ({ flags }) => (flags.gate === "SG1" ? 0 : 3),
});
const pick = defineCommand({
  name: "pick",
  summary: "Picks.",
  examples: [],
  positionals: [{ name: "SHELL", description: "Which.", required: false, choices: ["bash", "zsh"] }],
  flags: [],
  run: async ({ positionals }) => (positionals.SHELL === undefined ? 0 : 3),
});
const inner: Group = { name: "inner", summary: "A group.", examples: [], commands: [write, gate, pick] };
const root: Group = { name: "sample", summary: "A sample.", examples: [], commands: [inner] };

function invocation(argv: readonly string[]): Invocation {
  const parsed = parse(root, argv);
  if (parsed instanceof Failure || parsed.kind !== "run") throw new Error(`does not parse: ${JSON.stringify(parsed)}`);
  return parsed.invocation;
}

function refusal(argv: readonly string[]): { message: string; hint: string } {
  const parsed = parse(root, argv);
  if (!(parsed instanceof Failure)) throw new Error(`was accepted: ${argv.join(" ")}`);
  expect(parsed.code).toBe("USAGE");
  expect(parsed.exitCode).toBe(2);
  return { message: parsed.message, hint: parsed.hint };
}

describe("a line that says exactly what the command understands", () => {
  test("gives typed values, with defaults where nothing is given", () => {
    const { flags, positionals, globals } = invocation(["inner", "write", "a.sql"]);
    expect({ ...flags }).toEqual({
      "dry-run": false,
      rows: 7,
      mode: "auto",
      allow: [],
      value: [],
      label: undefined,
      embedded: false,
    });
    expect({ ...positionals }).toEqual({ FILE: "a.sql", PLACE: undefined });
    expect({ ...globals }).toEqual({
      program: "sample",
      url: undefined,
      service: undefined,
      config: undefined,
      stateDir: undefined,
      format: "text",
      color: "auto",
      talk: "normal",
    });
  });

  test("gives what was written, in either form, and a list in its order", () => {
    const line = "inner write --dry-run --rows=9 --mode exact --allow b a.sql --allow=a --label=-x there --embedded";
    const { flags, positionals } = invocation(line.split(" "));
    const want = { "dry-run": true, rows: 9, mode: "exact", allow: ["b", "a"], value: [], label: "-x", embedded: true };
    expect({ ...flags }).toEqual(want);
    expect({ ...positionals }).toEqual({ FILE: "a.sql", PLACE: "there" });
  });

  test("takes data as it is where an option is for data: empty, or a number below zero", () => {
    const line = ["inner", "write", "f", "--value", "-5", "--value", "", "--value=", "--value=-x", "--value", "-.5e3"];
    expect(invocation(line).flags.value).toEqual(["-5", "", "", "-x", "-.5e3"]);
  });

  test("takes global options before the verb, between its words and after it", () => {
    const wanted = { url: "postgres://h/d", format: "json", talk: "quiet", stateDir: "/s" };
    const before = ["--url", "postgres://h/d", "--json", "--quiet", "--state-dir=/s", "inner", "write", "f"];
    const between = ["--json", "inner", "--url=postgres://h/d", "--quiet", "write", "--state-dir", "/s", "f"];
    const after = ["inner", "write", "f", "--quiet", "--format=json", "--url=postgres://h/d", "--state-dir", "/s"];
    for (const argv of [before, between, after]) expect(invocation(argv).globals).toMatchObject(wanted);
  });

  test("ends its options at --, so that a file may be named --dry-run", () => {
    const { flags, positionals } = invocation(["inner", "write", "--", "--dry-run", "--no-such"]);
    expect(flags["dry-run"]).toBe(false);
    expect({ ...positionals }).toEqual({ FILE: "--dry-run", PLACE: "--no-such" });
  });
});

const REFUSED: readonly (readonly [line: string, message: string, advice: string])[] = [
  ["inner pick bahs", "SHELL cannot be bahs", "did you mean bash?"],
  ["inner pick powershell", "SHELL cannot be powershell", "one of: bash, zsh."],
  ["inner write f --dry-rnu", "unknown option: --dry-rnu", "did you mean --dry-run?"],
  ["inner write f --no-dry-run", "unknown option: --no-dry-run", "leave out --dry-run"],
  ["inner write f --no-anything", "unknown option: --no-anything", "See sample inner write --help."],
  ["inner write f --dry-run=maybe", "--dry-run takes no value", "write --dry-run, or leave it out"],
  ["inner write f --dry-run=false", "--dry-run takes no value", "leave it out"],
  ["inner write f --dry-run=", "--dry-run takes no value", "leave it out"],
  ["inner write f g h", "unexpected argument: h", ""],
  ["inner write f g dry-run", "unexpected argument: dry-run", "did you mean --dry-run?"],
  ["inner write f --rows 1 --rows 2", "--rows is given twice", "Give it once."],
  ["--json inner write f --json", "--json is given twice", "Give it once."],
  ["inner write f --label", "--label needs a value: --label TEXT", ""],
  ["inner write f --label=", "--label needs a value: --label TEXT", ""],
  [
    "inner write f --label --dry-run",
    "--label needs a value, and --dry-run looks like an option",
    "write --label=--dry-run",
  ],
  ["inner write f --allow -5", "--allow needs a value, and -5 looks like an option", "write --allow=-5"],
  ["inner write f --allow=", "--allow needs a value: --allow NAME", ""],
  ["inner write f --value --dry-run", "--value needs a value, and --dry-run looks like an option", "--value=--dry-run"],
  ["inner write f --value -x", "--value needs a value, and -x looks like an option", "write --value=-x"],
  ["inner write f --value", "--value needs a value: --value VALUE", ""],
  ["inner write f --rows ten", "--rows must be a whole number from 1 to 50, and is ten", ""],
  ["inner write f --rows 0x10", "--rows must be a whole number from 1 to 50, and is 0x10", ""],
  ["inner write f --rows 1e1", "--rows must be a whole number from 1 to 50, and is 1e1", ""],
  ["inner write f --rows 51", "--rows must be a whole number from 1 to 50, and is 51", ""],
  ["inner write f --rows -1", "--rows must be a whole number from 1 to 50, and is -1", ""],
  ["inner write f --mode exat", "--mode cannot be exat", "did you mean exact?"],
  ["inner write f --mode zzzz", "--mode cannot be zzzz", "one of: auto, exact."],
  ["inner write f --dryRun", "unknown option: --dryRun", "did you mean --dry-run?"],
  ["inner write f -x", "unknown option: -x", ""],
  ["inner write f -label=secret", "unknown option: -label", "did you mean --label?"],
  ["inner write", "FILE is missing", ""],
  ["inner wirte f", "unknown command: wirte", "did you mean write?"],
  ["iner write f", "unknown command: iner", "did you mean inner?"],
  ["help iner", "unknown command: iner", "did you mean inner?"],
  ["--dry-run inner write f", "unknown option before the command: --dry-run", "stands after it"],
  ["--jsn inner write f", "unknown option before the command: --jsn", "did you mean --json?"],
  ["-- inner write f", "a command must come before --", ""],
  ["inner write f --format tap", "sample inner write does not write tap", "formats it writes: text, json, junit"],
  ["inner write f --json --format junit", "--json contradicts --format junit", ""],
  ["inner write f --quiet --verbose", "--quiet contradicts --verbose", ""],
  ["inner gate", "--gate is required", ""],
  ["inner write f --__proto__=1", "unknown option: --__proto__", ""],
  ["inner write f --embedded --embedded", "--embedded is given twice", ""],
];

describe("a line with anything else in it is refused", () => {
  for (const [line, message, advice] of REFUSED) {
    test(`sample ${line}`, () => {
      const got = refusal(line.split(" "));
      expect(got.message).toBe(message);
      expect(got.hint).toContain(advice);
    });
  }

  test("an empty argument, as a shell makes it of an unset variable, is not an argument", () => {
    expect(refusal(["inner", "write", ""]).message).toBe("FILE is empty");
  });

  test("a mistyped flag that holds a password is named without it", () => {
    expect(JSON.stringify(refusal(["inner", "write", "f", "--ulr=postgres://u:hunter22@h/d"]))).not.toContain(
      "hunter22",
    );
  });
});

test("without the guard citty runs what was mistyped: the reason why there is one", async () => {
  const ran: string[] = [];
  const sample = cittyCommand({
    args: { "dry-run": { type: "boolean" } },
    run: ({ args }) => void ran.push(String(args["dry-run"])),
  });
  const lines = ["--dry-rnu", "--no-anything", "--dry-run=maybe", "stray", "--dry-run --dry-run"];
  for (const line of lines) await runCommand(sample, { rawArgs: line.split(" ") });
  expect(ran).toEqual(["undefined", "undefined", "true", "undefined", "true"]);
});

describe("help", () => {
  test("is asked for in four ways, and wins over every fault of the line", () => {
    const lines = ["inner write --help", "help inner write", "inner help write", "inner write --dry-rnu -h x y z"];
    for (const line of lines) expect(parse(root, line.split(" "))).toMatchObject({ kind: "help", asked: "yes" });
    expect(parse(root, ["inner"])).toMatchObject({ kind: "help", asked: "no", path: ["sample", "inner"] });
    expect(parse(root, [])).toMatchObject({ kind: "help", asked: "no", path: ["sample"] });
  });

  test("fits 80 columns and shows the command's own options before the global ones", () => {
    for (const [command, path] of [
      [root, ["sample"]],
      [inner, ["sample", "inner"]],
      [write, ["sample", "inner", "write"]],
    ] as const) {
      const text = renderHelp(command, path);
      expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
      expect(text).toStartWith(`Usage: ${path.join(" ")}`);
    }
    const text = renderHelp(write, ["sample", "inner", "write"]);
    expect(text).toContain("Usage: sample inner write FILE [PLACE] [options]");
    expect(text.indexOf("--dry-run")).toBeLessThan(text.indexOf("--state-dir"));
    expect(text).toContain("Default: 7.");
    expect(text).toContain("sample inner write FILE --dry-run");
  });

  test("--version is answered anywhere, and as JSON for a machine", () => {
    expect(parse(root, ["--version"])).toEqual({ kind: "version", format: "text" });
    expect(parse(root, ["inner", "write", "-V", "--json"])).toEqual({ kind: "version", format: "json" });
  });
});

test("a suggestion is the only begun word, then the nearest within bounds, or none", () => {
  expect(suggest("--state", ["--statement-timeout", "--service"])).toBe("--statement-timeout");
  expect(suggest("cuonts", ["counts", "rollback"])).toBe("counts");
  expect(suggest("rul", ["url", "service"])).toBe("url");
  expect(suggest("yaml", ["text", "json", "tap"])).toBeUndefined();
  expect(suggest("completely-else", ["rollback"])).toBeUndefined();
});
