/**
 * help.test: the help of every command there is, from the table of commands: nobody has to remember a new verb here.
 */
import { describe, expect, test } from "bun:test";
import { Failure } from "../../kernel/failure.ts";
import { CUTTER } from "../commands.ts";
import type { Command, Leaf } from "./command.ts";
import { COLUMNS } from "./fill.ts";
import { renderHelp } from "./help.ts";
import { parse } from "./parse.ts";

type Place = { readonly command: Command; readonly path: readonly string[] };

function below(command: Command, path: readonly string[]): readonly Place[] {
  const deeper = "commands" in command ? command.commands : [];
  return [{ command, path }, ...deeper.flatMap((next) => below(next, [...path, next.name]))];
}

const EVERY = below(CUTTER, ["cutter"]);
const isLeaf = (place: Place): place is Place & { readonly command: Leaf } => !("commands" in place.command);

describe("the help of every command", () => {
  test("fits 80 columns, line by line, and no line ends in a space", () => {
    const wrong = EVERY.flatMap(({ command, path }) =>
      renderHelp(command, path)
        .split("\n")
        .filter((line) => Bun.stringWidth(line) > COLUMNS || line.endsWith(" "))
        .map((line) => `${path.join(" ")}: ${line}`),
    );
    expect({ commands: EVERY.length > 30, wrong }).toEqual({ commands: true, wrong: [] });
  });

  test("has examples that are what the command takes, also where a long one goes on in the next line", () => {
    const examples = EVERY.filter(isLeaf).flatMap(({ command, path }) =>
      command.examples.map(({ arguments: words }) => [...path.slice(1), words].filter((word) => word !== "").join(" ")),
    );
    // Where its output goes is the shell's to read.
    const typed = examples.map((line) => line.replace(/ > .*$/, ""));
    const refused = typed.filter((line) => parse(CUTTER, wordsOf(line)) instanceof Failure);
    expect({ examples: examples.length > 40, refused }).toEqual({ examples: true, refused: [] });
    const help = EVERY.map(({ command, path }) => renderHelp(command, path)).join("\n");
    const joined = help.replaceAll(/ \\\n +/g, " ");
    expect(examples.filter((line) => !joined.includes(`  cutter ${line}`.trimEnd()))).toEqual([]);
    expect(help).toMatch(/ \\\n {4}--/);
  });
});

/** As a shell takes the words of an example apart. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return words.map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}
