/**
 * manual: the manual page, in roff, made from the table of commands as the help is.
 *
 * `cutter help --man | man -l -` shows it; a release holds it as cutter.1. Bare ASCII and short lines, so that groff
 * and mandoc have nothing to say of it. Pure. Called by program.ts.
 */
import type { Command, Flag, Leaf } from "./command.ts";
import { GLOBAL_FLAGS } from "./command.ts";
import { EXIT_MEANINGS, flagRow, leaves } from "./help.ts";

export type Edition = {
  readonly version: string;
  /** Day of the commit, ISO 8601; another word where there is none. */
  readonly date: string;
};

export function renderManual(root: Command, { version, date }: Edition): string {
  const name = root.name;
  const day = /^\d{4}-\d\d-\d\d$/.test(date) ? date : "1970-01-01";
  const commands = leaves(root, []).flatMap(({ leaf, words }) => commandPart(leaf, [name, ...words]));
  const lines = [
    `.\\" Made by: ${name} help --man`,
    `.TH ${name.toUpperCase()} 1 ${day} "${name} ${version}" "User Commands"`,
    ...[".SH NAME", ...filled(`${name} - ${withoutStop(root.summary)}`)],
    ...[".SH SYNOPSIS", `.B ${escaped(name)}`, ".I command", "[\\fIoptions\\fR]"],
    ...[".br", `.B ${escaped(`${name} help`)}`, "[\\fIcommand\\fR]"],
    ...[".SH DESCRIPTION", ...paragraphs([root.summary, ...(root.description ?? [])])],
    ...[".SH COMMANDS", ...commands],
    ...[".SH GLOBAL OPTIONS", ...sentences("Each command takes them, before or after its name.")],
    ...GLOBAL_FLAGS.flatMap(optionPart),
    ...[".SH EXIT STATUS", ...EXIT_MEANINGS.flatMap(([code, meaning]) => term(code, meaning))],
    ...term("130, 143, 129", "ended by SIGINT, SIGTERM or SIGHUP, after cleaning up"),
    ...[".SH ENVIRONMENT", ...ENVIRONMENT.flatMap(([variable, meaning]) => term(variable, meaning))],
    ...[".SH FILES", ...FILES.flatMap(([path, meaning]) => term(path, meaning))],
    ...[".SH SEE ALSO", ".BR psql (1),", ".BR pg_dump (1),", ".BR gpg (1),", ".BR ssh\\-keygen (1)"],
  ];
  return `${lines.join("\n")}\n`;
}

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ["CUTTER_STATE_DIR", "The state directory, where --state-dir is not given."],
  [
    "PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSERVICE, PGSSLMODE and others",
    "As libpq(3) means them; so is DATABASE_URL. Without any of them, and without --url, --service and a configured " +
      "connection, no connection is made.",
  ],
  ["NO_COLOR", "No colour, where it is not empty."],
];

const FILES: readonly (readonly [string, string])[] = [
  ["/etc/cutter/cutter.toml, ~/.config/cutter/cutter.toml", "The configuration; the first that is there is read."],
  [
    "/var/lib/cutter, ~/.local/state/cutter",
    "The state directory of root, and of anybody else: runs with their evidence, backups, the run store.",
  ],
  ["locks/HOLD in the state directory", "While it is there, nothing is written. It outlives the process that set it."],
  ["/etc/cutter/DISABLED", "While it is there, nothing is written. The operator's own."],
  ["~/.pgpass, ~/.pg_service.conf", "As libpq reads them."],
];

function commandPart(leaf: Leaf, path: readonly string[]): string[] {
  const positionals = leaf.positionals.map(({ name, required }) => (required ? name : `[${name}]`));
  const usage = [...path, ...positionals, "[options]"].join(" ");
  const described = leaf.positionals.map(({ name, description, choices }): readonly [string, string] => {
    return [name, choices === undefined ? description : `${description} One of: ${choices.join(", ")}.`];
  });
  return [
    `.SS ${escaped(usage)}`,
    ...paragraphs([leaf.summary, ...(leaf.description ?? [])]),
    ...described.flatMap(([name, meaning]) => term(name, meaning)),
    ...leaf.flags.flatMap(optionPart),
    ...(leaf.examples.length === 0 ? [] : [".PP", "Examples:"]),
    ...leaf.examples.flatMap(({ arguments: words, explanation }) => {
      return term([...path, words].join(" ").trim(), explanation);
    }),
  ];
}

function optionPart(flag: Flag): string[] {
  const [words, meaning] = flagRow(flag);
  return term(words.trim(), meaning);
}

function term(words: string, meaning: string): string[] {
  return [".TP", `.B "${escaped(words).replaceAll('"', '""')}"`, ...sentences(meaning)];
}

function paragraphs(texts: readonly string[]): string[] {
  return texts.flatMap((text, index) => [...(index === 0 ? [] : [".PP"]), ...sentences(text)]);
}

const COLUMNS = 78;

/** Each on lines of its own, as roff wants it: the end of a line is where it knows a sentence to end. */
function sentences(text: string): string[] {
  return text.split(/(?<=[.?!:]) (?=[A-Z"'])/).flatMap((sentence) => filled(sentence));
}

function filled(text: string): string[] {
  const lines: string[] = [];
  for (const word of escaped(text).split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => (/^[.']/.test(line) ? `\\&${line}` : line));
}

/** What roff would read as its own, and what is not ASCII. A hyphen is a minus, so that it can be pasted. */
function escaped(text: string): string {
  const plain = text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("~", "\\(ti").replaceAll("^", "\\(ha");
  return plain.replaceAll("…", "...").replaceAll(/[^\0-\x7f]/gu, (letter) => {
    return `\\[u${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

function withoutStop(text: string): string {
  return text.replace(/\.$/, "");
}
