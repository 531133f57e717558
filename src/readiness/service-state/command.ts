/**
 * service-state/command: whether a line or script starts a program of ours.
 *
 * Our program is known by its name as a command, or by the file that the command is; a word that only contains the
 * name, a comment, a folder of that name is none of ours. Variables are not expanded and other scripts not followed.
 * Called for each Exec line, crontab entry, script and container.
 */
import { realpathSync } from "node:fs";
import { basename } from "node:path";
import { limits } from "../../kernel/limits.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";
import { type SimpleCommand, type Syntax, simpleCommands } from "./command-words.ts";
import { WRAPPERS, type Wrapper } from "./wrapper.ts";

/** What our programs are called, and the files that they are, links resolved. */
export type Ours = { readonly names: readonly string[]; readonly files: readonly string[] };

/** As a command it is started; mentioned, it stands there as a word of its own, in a place that is none we know. */
export type Match = { readonly line: number; readonly match: "command" | "mentioned" };

/** Each command of the text that is or mentions ours, in order. */
export function matches(text: string, syntax: Syntax, ours: Ours): readonly Match[] {
  return simpleCommands(text, syntax).flatMap(({ line, words }: SimpleCommand): Match[] => {
    const match = judge(words, ours, 0);
    return match === null ? [] : [{ line, match }];
  });
}

/** Words of another language than the shell's: a mention at most. */
export function mentions(text: string, ours: Ours): readonly Match[] {
  return text.split("\n").flatMap((line, index): Match[] => {
    if (/^\s*(#|\/\/)/.test(line)) return [];
    const words = line.split(/[\s"'`,;()[\]{}=<>|&]+/);
    return words.some((word) => isOurs(word, ours)) ? [{ line: index + 1, match: "mentioned" }] : [];
  });
}

/** Whether this word, as a command, is one of our programs. */
export function isOurs(word: string, { names, files }: Ours): boolean {
  if (names.includes(basename(word))) return word !== "" && !word.endsWith("/");
  if (!word.startsWith("/") || word.includes("\0")) return false;
  try {
    return files.includes(realpathSync(word));
  } catch (error) {
    // What is not there, or may not be looked at, is not a file we know.
    errnoOf(error);
    return false;
  }
}

/** Reserved words and assignments before a command. */
const BEFORE_COMMAND = /^(?:if|then|elif|else|do|while|until|!|\{|[A-Za-z_]\w*\+?=.*)$/s;

function judge(all: readonly string[], ours: Ours, depth: number): Match["match"] | null {
  const words = all.slice(firstOf(all));
  const [head = ""] = words;
  if (isOurs(head, ours)) return "command";
  const wrapper = Object.hasOwn(WRAPPERS, basename(head)) ? WRAPPERS[basename(head)] : undefined;
  if (wrapper !== undefined && depth < limits.nestedCommands && starts(wrapper, words.slice(1), { ours, depth })) {
    return "command";
  }
  return all.some((word) => isOurs(word, ours)) ? "mentioned" : null;
}

function firstOf(words: readonly string[]): number {
  const index = words.findIndex((word) => !BEFORE_COMMAND.test(word));
  return index === -1 ? words.length : index;
}

type Place = { readonly ours: Ours; readonly depth: number };

/** Whether what the wrapper starts is ours, by its rest or by a script among its options. */
function starts(wrapper: Wrapper, words: readonly string[], { ours, depth }: Place): boolean {
  const { scripts, rest } = unwrap(wrapper, words);
  const inner = scripts.flatMap((script) => simpleCommands(script, "shell").map((command) => command.words));
  // A single word may be a whole line, as tmux and watch take it.
  const [only = ""] = rest;
  const lines = rest.length === 1 ? simpleCommands(only, "shell").map((command) => command.words) : [rest];
  return [...inner, ...lines].some((line) => line.length > 0 && judge(line, ours, depth + 1) === "command");
}

type Unwrapped = { readonly scripts: readonly string[]; readonly rest: readonly string[] };

function unwrap(wrapper: Wrapper, words: readonly string[]): Unwrapped {
  const scripts: string[] = [];
  let operands = wrapper.operands ?? 0;
  let index = 0;
  while (index < words.length) {
    const word = words[index] ?? "";
    const next = words[index + 1] ?? "";
    index += 1;
    if (word === "--" && operands === 0) return { scripts, rest: words.slice(index) };
    if (word.startsWith("-")) {
      const option = readOption(wrapper, word, next);
      if (option.script !== null) scripts.push(option.script);
      if (option.takesNext === "yes") index += 1;
      if (wrapper.direct?.test(word)) operands = 0;
    } else if (operands > 0) operands -= 1;
    else if (!BEFORE_COMMAND.test(word)) return { scripts, rest: words.slice(index - 1) };
  }
  return { scripts, rest: [] };
}

type Option = { readonly script: string | null; readonly takesNext: "yes" | "no" };

function readOption(wrapper: Wrapper, word: string, next: string): Option {
  if (word.startsWith("--")) {
    const [name = "", ...value] = word.slice(2).split("=");
    const isScript = wrapper.longScript?.includes(name) ?? false;
    if (value.length > 0) return { script: isScript ? value.join("=") : null, takesNext: "no" };
    const takesNext = isScript || wrapper.long?.includes(name) ? "yes" : "no";
    return { script: isScript ? next : null, takesNext };
  }
  return readCluster(wrapper, word.slice(1), next);
}

/** `-lc script`, `-u user`, `-uuser`: the first letter that takes a value takes the rest, or the next word. */
function readCluster({ values = "", script = "" }: Wrapper, letters: string, next: string): Option {
  for (const [index, letter] of [...letters].entries()) {
    const isScript = script.includes(letter);
    if (!isScript && !values.includes(letter)) continue;
    // A shell takes what is joined to `c` as options: `sh -ce script`.
    const joined = isScript && letter === "c" ? "" : letters.slice(index + 1);
    return { script: isScript ? joined || next : null, takesNext: joined === "" ? "yes" : "no" };
  }
  return { script: null, takesNext: "no" };
}
