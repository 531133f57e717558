/** Tests of lines that fit: sentences, commands that can be copied, and tables with a word that has no room. */
import { expect, test } from "bun:test";
import { COLUMNS, folded, shellLines } from "./lines.ts";
import { left, textTable } from "./table.ts";

const PATH = `/srv/${"a".repeat(40)}/cutter`;

function widest(lines: readonly string[]): number {
  return Math.max(...lines.map((line) => Bun.stringWidth(line)));
}

test("a sentence that fits stays one line, and a longer one goes on below, indented, with each of its words", () => {
  const sentence = `database "icx" as "context_pack_readonly" at 127.0.0.1:5432 (from configuration icx_survey)`;
  const lines = folded(sentence);
  expect([folded("short"), lines.length, lines[1]?.slice(0, 3)]).toEqual([["short"], 2, "  c"]);
  expect(lines.map((line) => line.trim()).join(" ")).toBe(sentence);
  expect(widest(lines)).toBeLessThanOrEqual(COLUMNS);
});

test("a command goes on behind a backslash, so that a shell reads it as it was; never between quotes", () => {
  const echo = (lines: readonly string[]): string => `${Bun.spawnSync(["sh", "-c", lines.join("\n")]).stdout}`;
  const command = `echo ${PATH} ${PATH} end`;
  const lines = shellLines(command);
  expect([lines.length, echo(lines)]).toEqual([2, `${PATH} ${PATH} end\n`]);
  expect(widest(lines)).toBeLessThanOrEqual(COLUMNS);
  const quoted = `echo '${PATH} ${PATH}' "${PATH} ${PATH}" \\' it\\ is`;
  const said = `${PATH} ${PATH} ${PATH} ${PATH} ' it is\n`;
  expect([shellLines(quoted).length, echo(shellLines(quoted))]).toEqual([4, said]);
});

test("in a table a word that has no room in the last column is whole, on a line of its own that fits", () => {
  const columns = [left("source"), left("says"), left("where")];
  const rows = [
    ["EXECUTION_ENABLED", "off", "in the source"],
    ["HOLD".padEnd(20), "nothing", `at ${PATH} now`],
  ];
  const lines = textTable({ columns, rows }, "  ");
  expect(lines.slice(3)).toEqual([
    `  ${"HOLD".padEnd(20)}  nothing  at`,
    `${" ".repeat(COLUMNS - PATH.length)}${PATH}`,
    `${" ".repeat(33)}now`,
  ]);
  expect(widest(lines)).toBeLessThanOrEqual(COLUMNS);
});
