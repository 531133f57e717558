/**
 * Tests of completion in the shells themselves: each is asked what it offers at the end of the same lines. zsh and fish
 * need not be on a machine; their tests then say SKIPPED and why.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFiles, temporaryFolder } from "../../../../scripts/database/files.ts";
import { toldBy } from "../../../../scripts/faults/fake-terminal.ts";
import { type Asked, bashOffers, fishOffers, type Offered, zshOffers } from "../../../../scripts/faults/shells.ts";
import { SCHEMA_NAMES } from "../../../report/json-schema.ts";
import { CUTTER } from "../../commands.ts";
import { completion } from "../../completion.ts";
import { placesOf } from "./places.ts";

const FILES = ["law.md", "law two.md"];
const FOLDERS = ["laws"];

/** What is typed, and what is offered; the same in each shell. */
const OFFERED: readonly (readonly [line: string, want: readonly string[]])[] = [
  ["cutter sandbox ", ["run", "plan", "sweep"]],
  ["cutter sandbox s", ["sweep"]],
  ["cutter --url x --json schema ", ["install", "verify", "uninstall"]],
  ["cutter help sandbox ", ["run", "plan", "sweep"]],
  ["cutter sandbox run --provider ", ["auto", "local", "docker", "embedded"]],
  ["cutter sandbox run --provider l", ["local"]],
  ["cutter approve R --gate S", ["SG1", "SG2"]],
  ["cutter proof counts --format ", ["text", "json", "markdown", "html"]],
  ["cutter runs --format ", ["text", "json", "markdown"]],
  ["cutter completion ", ["bash", "zsh", "fish"]],
  ["cutter explain KILL", ["KILL_SWITCH_OFF", "KILL_SWITCH_UNREADABLE"]],
  ["cutter explain --schema ", [...SCHEMA_NAMES]],
  ["cutter plan law.md --profile law-", ["law-de", "law-en", "law-fr", "law-ru", "law-vi"]],
  ["cutter sandbox run --prov", ["--provider"]],
  ["cutter doctor --show", ["--show-config"]],
  ["cutter runs --document ", []],
  ["cutter nothing ", []],
];

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
  for (const name of FILES) writeFileSync(join(folder, name), "");
  for (const name of FOLDERS) mkdirSync(join(folder, name));
});
afterAll(removeFiles);

async function scriptOf(shell: string): Promise<string> {
  const told = await toldBy(["completion", shell], (_, terminal) => completion(CUTTER, shell, terminal));
  const path = join(temporaryFolder(), `cutter.${shell}`);
  writeFileSync(path, told.result);
  return path;
}

function expectOffers(offers: (asked: Asked) => Offered, script: string, more: typeof OFFERED): void {
  const cases = [...OFFERED, ...more];
  const lines = cases.map(([line]) => line);
  const got = offers({ lines, script, folder });
  const sorted = (words: readonly string[]): string[] => [...words].sort();
  expect(lines.map((line, index) => ({ line, offered: got[index] }))).toEqual(
    cases.map(([line, want]) => ({ line, offered: sorted(want) })),
  );
}

test("bash offers commands, options, values and files", async () => {
  const options = ["--survey", "--survey-file", "--service", "--source"];
  expectOffers(bashOffers, await scriptOf("bash"), [
    ["cutter plan ", [...FILES, ...FOLDERS]],
    ["cutter cut D --source l", [...FILES, ...FOLDERS]],
    ["cutter cut D --state-dir ", FOLDERS],
    ["cutter cut D --s", [...options, "--state-dir"]],
    ["cutter cut D --survey --source law.md --s", ["--survey-file", "--service", "--state-dir"]],
    ["cutter sandbox run --provider = l", ["local"]],
    ["cutter sandbox run --provider =", ["auto", "local", "docker", "embedded"]],
    ["cutter plan -- ", [...FILES, ...FOLDERS]],
    ["cutter help --", ["--man"]],
  ]);
});

describe("shells that may not be here", () => {
  const isThere = (shell: string): boolean => {
    if (Bun.which(shell) !== null) return true;
    process.stderr.write(`SKIPPED: completion in ${shell}: there is no ${shell} on this machine\n`);
    return false;
  };

  test("fish offers commands, options, values and files", async () => {
    if (!isThere("fish")) return;
    expectOffers(fishOffers, await scriptOf("fish"), [
      ["cutter plan l", [...FILES, "laws/"]],
      ["cutter cut D --source l", [...FILES, "laws/"]],
      ["cutter cut D --state-dir l", ["laws/"]],
      ["cutter sandbox run --provider=l", ["--provider=local"]],
    ]);
  });

  test("zsh offers commands, options, values and files", async () => {
    if (!isThere("zsh")) return;
    const scratch = temporaryFolder();
    expectOffers((asked) => zshOffers(asked, scratch), await scriptOf("zsh"), [
      ["cutter plan ", [...FILES, ...FOLDERS]],
      ["cutter cut D --source l", [...FILES, ...FOLDERS]],
      ["cutter cut D --state-dir ", FOLDERS],
      ["cutter sandbox run --provider=l", ["local"]],
    ]);
  });
});

test("each word of the table stands in each script", async () => {
  const places = await placesOf(CUTTER);
  const words = places.flatMap(({ commands, options }) => [
    ...commands.map(({ name }) => name),
    ...options.map(({ name }) => name),
    ...options.flatMap(({ value }) => (value?.kind === "words" ? value.words : [])),
  ]);
  expect(words.length).toBeGreaterThan(500);
  for (const shell of ["bash", "zsh", "fish"]) {
    const text = await Bun.file(await scriptOf(shell)).text();
    expect(words.filter((word) => !text.includes(word))).toEqual([]);
  }
});
