/**
 * help: the text of --help, for someone who never saw the command.
 *
 * One usage line, one sentence, the command's own options before the global ones, examples that can be pasted, and
 * where exit codes are explained. Pure; 80 columns, no colour. Called by program.ts.
 */
import type { Command, Flag, Group, Leaf } from "./command.ts";
import { GLOBAL_FLAGS } from "./command.ts";
import { COLUMNS, fill } from "./fill.ts";

const WIDEST_TERM = 26;

/** `path` starts with the program's name. */
export function renderHelp(command: Command, path: readonly string[]): string {
  const body = "commands" in command ? groupHelp(command, path) : leafHelp(command, path);
  const blocks = [
    ...body,
    section("Global options", GLOBAL_FLAGS.map(flagRow)),
    examples(command, path),
    exitCodes(path),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function groupHelp(group: Group, path: readonly string[]): string[] {
  const rows = leaves(group, []).map(({ leaf, words }) => [words.join(" "), leaf.summary] as const);
  const manual = path.length === 1 ? `\nThe manual page: ${path.join(" ")} help --man` : "";
  const more = `More on one: ${path.join(" ")} COMMAND --help${manual}`;
  return [`Usage: ${path.join(" ")} COMMAND [options]`, ...prose(group), `${section("Commands", rows)}\n\n${more}`];
}

function leafHelp(leaf: Leaf, path: readonly string[]): string[] {
  const words = leaf.positionals.map(({ name, required }) => (required ? name : `[${name}]`));
  const required = leaf.flags.filter((flag) => "required" in flag).map((flag) => flagTerm(flag).trim());
  const usage = [...path, ...words, ...required, "[options]"].join(" ");
  const positionals = leaf.positionals.map(({ name, description, choices }) => {
    return [name, choices === undefined ? description : `${description} One of: ${choices.join(", ")}.`] as const;
  });
  return [
    fill(`Usage: ${usage}`, "       "),
    ...prose(leaf),
    section("Arguments", positionals),
    section("Options", leaf.flags.map(flagRow)),
  ];
}

function prose({ summary, description = [] }: Command): string[] {
  return [summary, ...description].map((paragraph) => fill(paragraph, ""));
}

type Row = readonly [term: string, meaning: string];

function section(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const width = Math.min(WIDEST_TERM, Math.max(...rows.map(([term]) => term.length)));
  const indent = " ".repeat(width + 4);
  const lines = rows.map(([term, meaning]) => {
    const text = fill(`${indent}${meaning}`, indent);
    if (term.length > width) return `  ${term}\n${text}`;
    return `  ${term.padEnd(width)}  ${text.slice(indent.length)}`;
  });
  return `${title}:\n${lines.join("\n")}`;
}

function flagTerm(flag: Flag): string {
  if (flag.kind === "boolean") return flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
  return `--${flag.name} ${flag.kind === "choice" ? flag.choices.join("|") : flag.valueName}`;
}

/** The words of a flag and what it means, as help and the manual page show them. */
export function flagRow(flag: Flag): Row {
  const repeatable = flag.kind === "list" ? " May be repeated." : "";
  const standard = "default" in flag && flag.default !== undefined ? ` Default: ${flag.default}.` : "";
  return [flagTerm(flag), `${flag.description}${repeatable}${standard}`];
}

function examples(command: Command, path: readonly string[]): string {
  if (command.examples.length === 0) return "";
  const blocks = command.examples.map((example) => {
    const line = [...path, example.arguments].filter((word) => word !== "").join(" ");
    return `${pasteable(line)}\n${fill(`      ${example.explanation}`, "      ")}`;
  });
  return `Examples:\n${blocks.join("\n")}`;
}

/** Broken before an option, as a shell goes on: what is copied from a terminal is still the command. */
function pasteable(line: string): string {
  const lines: string[] = [];
  for (const part of line.split(/ (?=--)/)) {
    const longer = `${lines.at(-1)} ${part}`;
    if (lines.length > 0 && longer.length + " \\".length <= COLUMNS) lines.splice(-1, 1, longer);
    else lines.push(`${lines.length === 0 ? "  " : "    "}${part}`);
  }
  return lines.join(" \\\n");
}

/** Each code with its meaning in a word or two; `cutter explain` has the failures of each. */
export const EXIT_MEANINGS: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "done or proven"],
  ["1", "a bug"],
  ["2", "usage"],
  ["3", "not proven"],
  ["4", "refused"],
  ["5", "unreachable (try again)"],
  ["6", "waiting for an approval"],
  ["7", "outcome unknown"],
];

function exitCodes(path: readonly string[]): string {
  const meanings = EXIT_MEANINGS.map(([code, meaning]) => whole(`${code} ${meaning}`));
  const codes = `Exit codes: ${meanings.join(", ")}.`;
  const [program = ""] = path;
  const where = program === "cutter" ? ` Each failure has a code: cutter explain CODE.` : "";
  return fill(`${codes}${where}`, "  ").replaceAll(NO_BREAK, " ");
}

const NO_BREAK = "\u00a0";

/** A line does not end between a code and its meaning. */
function whole(words: string): string {
  return words.replaceAll(" ", NO_BREAK);
}

/** Every leaf below, with the words that lead to it. */
export function leaves(command: Command, words: readonly string[]): { leaf: Leaf; words: readonly string[] }[] {
  if (!("commands" in command)) return [{ leaf: command, words }];
  return command.commands.flatMap((next) => leaves(next, [...words, next.name]));
}
