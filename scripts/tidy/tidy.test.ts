/** tidy.test: each rule of the house finds its bad sample, at the line where it is, and nothing in a good one. */
import { describe, expect, test } from "bun:test";
import { RULES } from "./rules.ts";
import { sampleTree } from "./tree.ts";

const HEADER = "/**\n * a: what it is.\n *\n * What it never does.\n */\n";
/** Keeps the samples of that rule from breaking it here. */
const SLASH = "/";
const lines = (count: number): string => "const a = 1;\n".repeat(count);

type Sample = readonly [rule: string, files: Record<string, string>, found: readonly string[]];

/** Text of each file after the header, which ends at line 5; what is found, as `path:line`. */
const BAD: readonly Sample[] = [
  ["top-level", { "notes/x.ts": "", "src/main.ts": "" }, ["notes:1"]],
  ["source-folders", { "src/domain/x.ts": "" }, ["src/domain:1"]],
  ["kernel-files", { "src/kernel/helpers.ts": "", "src/kernel/clock.test.ts": "" }, ["src/kernel/helpers.ts:1"]],
  ["foreign-places", { "src/a.ts": `const a = "${SLASH}work/main/x";\n` }, ["src/a.ts:6"]],
  ["foreign-places", { "bun.lock": `a\nhttps:${SLASH}/registry.example.org/a.tgz` }, ["bun.lock:2"]],
  [
    "one-version",
    { "package.json": `{"version":"2.0.0"}`, "src/kernel/version.ts": `"0.1.0"` },
    ["src/kernel/version.ts:1"],
  ],
  [
    "ascii-sql",
    { "sql/a.sql": "-- a\nSELECT 1 -- \u2026", "sql/b/c.json": '["\u2026"]' },
    ["sql/a.sql:2", "sql/b/c.json:1"],
  ],
  [
    "ascii-sql",
    {
      "src/a.ts": "const a = `\n  SELECT '\u2026'`;\n",
      "proofs/b.ts": `const b = "x = pg_catalog.lower('\u00dc')";\n`,
      "proofs/b.test.ts": `const b = "SELECT '\u00dc'";\n`,
    },
    ["proofs/b.ts:6", "src/a.ts:7"],
  ],
  ["file-lines", { "src/a.ts": lines(300) }, ["src/a.ts:300"]],
  ["line-columns", { "sql/a.sql": `-- ${"x".repeat(118)}` }, ["sql/a.sql:1"]],
  ["function-lines", { "src/a.ts": `const f = () => {\n${lines(70)}};\n` }, ["src/a.ts:6"]],
  ["positional-parameters", { "src/a.ts": "const f = (a, b, c, d) => a;\n" }, ["src/a.ts:6"]],
  ["header", { "src/a.ts!": "const a = 1;\n" }, ["src/a.ts:1"]],
  ["header", { "src/a.ts!": "/** Too short. */\nconst a = 1;\n" }, ["src/a.ts:1"]],
  ["header", { "src/a.ts!": `/**\n${" * x\n".repeat(9)} */\n` }, ["src/a.ts:1"]],
  ["header", { "src/a.ts!": `import "b";\n${HEADER}` }, ["src/a.ts:1"]],
  ["sql-header", { "sql/a.sql": "-- Purpose: x.\n-- Locks: none.\nSELECT 1 -- Parameters: none" }, ["sql/a.sql:1"]],
  ["promise", { "src/a.ts": "// TODO one day\n/* see FIXME: x */\n" }, ["src/a.ts:6", "src/a.ts:7"]],
  [
    "import-direction",
    { "src/kernel/clock.ts": `import { a } from "../report/text.ts";\n` },
    ["src/kernel/clock.ts:6"],
  ],
  ["import-direction", { "proofs/a.ts": `import { a } from "../src/execution/adapter.ts";\n` }, ["proofs/a.ts:6"]],
  ["import-direction", { "src/cli/exit.ts": `import { a } from "./explain.ts";\n` }, ["src/cli/exit.ts:6"]],
  ["import-direction", { "src/cli/show.ts": `import { a } from "../../proofs/proof.ts";\n` }, ["src/cli/show.ts:6"]],
  ["import-direction", { "src/flow/a.ts": `const a = await import("../execution/x.ts");\n` }, ["src/flow/a.ts:6"]],
  ["driver-import", { "src/kernel/witness.ts": `import type { Sql } from "postgres";\n` }, ["src/kernel/witness.ts:6"]],
  ["arming-import", { "src/cli/a.ts": `import { arm } from "../kernel/kill-switch/arming.ts";\n` }, ["src/cli/a.ts:6"]],
  ["sql-as-text", { "src/a.ts": `import text from "../sql/a.sql";\n` }, ["src/a.ts:6"]],
  ["import-extension", { "src/a.ts": `import { b } from "./b";\n` }, ["src/a.ts:6"]],
  [
    "import-cycle",
    { "src/a.ts": `import "./b.ts";`, "src/b.ts": `import "./c.ts";`, "src/c.ts": `import "./a.ts";` },
    ["src/c.ts:6"],
  ],
  ["import-cycle", { "src/a.ts": `import "./a.ts";` }, ["src/a.ts:6"]],
  ["barrel", { "src/index.ts": `export { a } from "./a.ts";\n` }, ["src/index.ts:6"]],
  ["barrel", { "src/a.ts": `export * from "./b.ts";\nexport const a = 1;\n` }, ["src/a.ts:6"]],
  ["default-export", { "src/a.ts": "export default 1;\n" }, ["src/a.ts:6"]],
  [
    "unused-export",
    {
      "src/a.ts": "export const used = 1;\nexport const unused = 2;\nexport type T = 1;\nexport type U = 1;\n",
      "src/b.ts": `import { used } from "./a.ts";\nexport const late = 1;\nexport const never = 1;\n`,
      "src/c.ts": `const { late } = await import("./b.ts");\n`,
    },
    ["src/a.ts:7", "src/a.ts:8", "src/a.ts:9", "src/b.ts:8"],
  ],
  [
    "used-failures",
    {
      "src/kernel/failure-table.ts": "export const FAILURES = {\n  A: { exit: 2 },\n  B: { exit: 3 },\n};\n",
      "src/a.ts": `const a = "A";\n`,
      "src/a.test.ts": `const b = "B";\n`,
    },
    ["src/kernel/failure-table.ts:8"],
  ],
  ["process-exit", { "src/cli/a.ts": "process.exit(1);\n", "src/main.ts": "process.exit(1);\n" }, ["src/cli/a.ts:6"]],
  ["process-exit", { "proofs/a.ts": "process.exitCode = 1;\n" }, ["proofs/a.ts:6"]],
  [
    "counted-process",
    {
      "src/a.ts": `Bun.spawn(["ls"]);\ncounted(Bun.spawn(["ls"]), ["ls"]);\nspawn("ls");\n/x/.exec("x");\n`,
      "src/a.test.ts": `Bun.spawn(["ls"]);\n`,
    },
    ["src/a.ts:6", "src/a.ts:8"],
  ],
  ["console", { "src/a.ts": "console.log(1);\n" }, ["src/a.ts:6"]],
  [
    "endless-loop",
    { "src/a.ts": "while (true) {}\nfor (;;) {}\ndo {} while (1);\n" },
    ["src/a.ts:6", "src/a.ts:7", "src/a.ts:8"],
  ],
  ["any", { "src/a.ts": "const a = 1 as any;\n" }, ["src/a.ts:6"]],
  [
    "boolean-parameter",
    {
      "src/a.ts": "export function f(a: boolean) {}\nexport const g = (a = false) => a;\n",
      "src/b.ts": "export class C {\n  m(a: boolean | null) {}\n}\n",
    },
    ["src/a.ts:6", "src/a.ts:7", "src/b.ts:7"],
  ],
  [
    "hidden-test",
    { "src/a.test.ts": `test.only("x", () => {});\ndescribe.skip("y", () => {});\n` },
    ["src/a.test.ts:6", "src/a.test.ts:7"],
  ],
];

/** A name that ends in `!` is taken without the header. */
function tree(files: Record<string, string>) {
  const entries = Object.entries(files).map(([path, text]): [string, string] => {
    if (path.endsWith("!")) return [path.slice(0, -1), text];
    return [path, path.endsWith(".ts") ? `${HEADER}${text}` : text];
  });
  return sampleTree(Object.fromEntries(entries));
}

describe("a bad sample is found", () => {
  for (const [name, files, found] of BAD) {
    test(`${name}: ${Object.keys(files).join(", ")}`, () => {
      const rule = RULES.find((known) => known.name === name);
      const got = rule?.check(tree(files)).map(({ path, line }) => `${path}:${line}`);
      expect(got?.sort()).toEqual([...found]);
    });
  }

  test("of every rule that there is", () => {
    const sampled = new Set(BAD.map(([name]) => name));
    expect(RULES.map(({ name }) => name).filter((name) => !sampled.has(name))).toEqual([]);
    expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
  });
});

test("a good sample breaks no rule", () => {
  const good = tree({
    "package.json": `{ "version": "0.1.0" }`,
    "src/kernel/version.ts": `export const VERSION = "0.1.0";\n`,
    "src/kernel/failure-table.ts": "export const FAILURES = { A: { exit: 2 } } as const;\n",
    "src/kernel/failure.ts": `import { FAILURES } from "./failure-table.ts";\nexport const fail = FAILURES["A"];\n`,
    "src/kernel/session/driver.ts": `import postgres from "postgres";\nexport const driver = postgres;\n`,
    "src/cli/terminal.ts": [
      `import { driver } from "../kernel/session/driver.ts";`,
      `import text from "../../sql/guard/check.sql" with { type: "text" };`,
      "export type Terminal = { readonly a: Array<boolean> };",
      "const named = ({ quiet }: { quiet: boolean }): boolean => quiet;",
      "export function open(a: Terminal, b: string, c: number): unknown {",
      "  for (let index = 0; index < 3; index += 1) named({ quiet: true });",
      "  return [a, b, c, driver, text].map((it: boolean | unknown) => it);",
      "}",
      "// A TAP directive named TODO is no promise.",
    ].join("\n"),
    "src/main.ts": [
      `import { VERSION } from "./kernel/version.ts";`,
      `const { open } = await import("./cli/terminal.ts");`,
      `const exit = (await import("./kernel/failure.ts")).fail;`,
      "process.exit(Number(open({ a: [] }, VERSION, exit.exit)));",
    ].join("\n"),
    "src/main.test.ts!": `import { test } from "bun:test";\ntest("runs", () => {});\n`,
    "sql/guard/check.sql": "-- Purpose: x.\n-- Parameters: none.\n-- Locks: none.\nSELECT 1\n",
    "bun.lock": "{}",
    "scripts/test": "#!/bin/sh\nexec true\n",
  });
  const found = RULES.flatMap(({ name, check }) => check(good).map((violation) => ({ name, ...violation })));
  expect(found).toEqual([]);
});
