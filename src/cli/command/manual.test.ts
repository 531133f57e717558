/** Tests of the manual page: all of the table is in it, and those who typeset it have nothing to say. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { fileWith } from "../../../scripts/database/files.ts";
import { CUTTER } from "../commands.ts";
import { defineCommand, GLOBAL_FLAGS, type Group } from "./command.ts";
import { EXIT_MEANINGS, leaves } from "./help.ts";
import { renderManual } from "./manual.ts";

const EDITION = { version: "0.1.0", date: "2026-05-21" };
const PAGE = renderManual(CUTTER, EDITION);

/** What a program says of the page, and whether it is here at all. */
function saidBy(program: string, ...words: readonly string[]): string {
  if (Bun.which(program) === null) {
    process.stderr.write(`SKIPPED: the manual page and ${program}: there is no ${program} on this machine\n`);
    return "";
  }
  const run = Bun.spawnSync([program, ...words], { env: { PATH: process.env.PATH ?? "", LC_ALL: "C.UTF-8" } });
  return `${run.stdout}${run.stderr}${run.exitCode === 0 ? "" : `ended with ${run.exitCode}`}`;
}

/** As it is read: without roff's own marks. */
const TEXT = PAGE.replaceAll("\\-", "-").replaceAll("\\(ti", "~").replaceAll("\\(ha", "^").replaceAll(/\s+/g, " ");

test("each command, argument, option, choice, example and exit code of the table stands in it", () => {
  const wanted = leaves(CUTTER, []).flatMap(({ leaf, words }) => [
    `.SS cutter ${words.join(" ")} `,
    ...leaf.positionals.flatMap(({ name, choices = [] }) => [name, ...choices]),
    ...leaf.flags.map(({ name }) => `--${name}`),
    ...leaf.flags.flatMap((flag) => (flag.kind === "choice" ? flag.choices.join("|") : [])),
    ...leaf.examples.map((example) =>
      `.B "cutter ${words.join(" ")} ${example.arguments}`.replaceAll('"', '""').slice(3),
    ),
  ]);
  const all = [
    ...wanted,
    ...GLOBAL_FLAGS.map(({ name }) => `--${name}`),
    ...EXIT_MEANINGS.map(([code, meaning]) => `.B "${code}" ${meaning}`),
  ].map((text) => text.trim().replace(/^"+/, ""));
  expect(all.length).toBeGreaterThan(200);
  expect(all.filter((text) => !TEXT.includes(text))).toEqual([]);
});

test("groff and mandoc have nothing to say of it", () => {
  const path = fileWith("cutter.1", PAGE);
  expect(saidBy("groff", "-ww", "-man", "-Tutf8", "-z", path)).toBe("");
  expect(saidBy("groff", "-ww", "-man", "-Tascii", "-z", path)).toBe("");
  expect(saidBy("mandoc", "-T", "lint", path)).toBe("");
});

test("what roff would read as its own is shown as it is written", () => {
  const odd = defineCommand({
    name: "odd",
    summary: ".TH is no macro here, nor is \\fB.",
    description: ["'quoted' at a line's start", "été, 条 and $1, $2, …"],
    examples: [{ arguments: '--note "no \\ article"', explanation: "Said." }],
    positionals: [],
    flags: [],
    run: async () => 0,
  });
  const group: Group = { name: "sample", summary: "A sample.", examples: [], commands: [odd] };
  const path = fileWith("sample.1", renderManual(group, EDITION));
  if (Bun.which("groff") === null) return void saidBy("groff");
  expect(saidBy("groff", "-ww", "-man", "-Tutf8", "-z", path)).toBe("");
  const shown = saidBy("groff", "-man", "-Tutf8", "-P-cbou", path).replaceAll(/\s+/g, " ");
  for (const text of [".TH is no macro here, nor is \\fB.", "'quoted' at", "été, 条 and", '--note "no \\ article"']) {
    expect(shown).toContain(text);
  }
});

test("the program prints it, and it is the same each time", () => {
  const main = join(import.meta.dirname, "../../main.ts");
  const run = Bun.spawnSync([process.execPath, main, "help", "--man"]);
  const undated = (page: string): string => page.replace(/^\.TH .*$/m, "");
  expect({ code: run.exitCode, page: undated(`${run.stdout}`) }).toEqual({ code: 0, page: undated(PAGE) });
  const helped = Bun.spawnSync([process.execPath, main, "help", "proof", "--man"]);
  expect(`${helped.stdout}`).toStartWith("Usage: cutter proof COMMAND");
});
