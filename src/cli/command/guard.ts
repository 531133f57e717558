/**
 * guard: refuses every command line that does not say exactly what the command understands.
 *
 * citty 0.2.2 accepts unknown flags and runs, ignores extra positionals, takes `--no-anything`, reads `--flag=maybe` as
 * true and keeps the last of a repeated flag. On a tool that writes to production each of these is an accident, so each
 * is a USAGE failure here, with a suggestion. Never changes what was given. Called by parse.ts before the reader.
 */
import type { Failure } from "../../kernel/failure.ts";
import type { Flag, Leaf } from "./command.ts";
import { refuseCredentials } from "./credentials.ts";
import { suggestion } from "./suggest.ts";
import { type Token, usage } from "./tokens.ts";

export type Guarded = {
  readonly command: Leaf;
  /** The command's own and the global ones. */
  readonly flags: readonly Flag[];
  readonly tokens: readonly Token[];
  readonly argv: readonly string[];
  readonly path: readonly string[];
};

/** The first thing wrong with the line, reading from the left, or undefined. */
export function guard(line: Guarded): Failure | undefined {
  const credentials = refuseCredentials(line);
  if (credentials !== undefined) return credentials;
  const seen = new Set<string>();
  for (const token of line.tokens) {
    if (token.kind !== "option") continue;
    const flag = line.flags.find(({ name }) => name === token.name);
    const refused = flag === undefined || !isWhole(token, line) ? unknownFlag(token, line) : value(token, flag, line);
    if (refused !== undefined) return refused;
    if (flag?.kind !== "list" && seen.has(token.name ?? "")) {
      return usage(`${token.text} is given twice`, line.path, "Give it once.");
    }
    seen.add(token.name ?? "");
  }
  return missingFlag(seen, line) ?? positionals(line);
}

/** `-hV` and `-url` are cut into letters by the tokenizer; only a letter that stands alone is taken for a flag. */
function isWhole(token: Token, { argv }: Guarded): boolean {
  const word = argv[token.index] ?? "";
  return word === token.text || word.startsWith(`${token.text}=`);
}

function unknownFlag(token: Token, { flags, argv, path }: Guarded): Failure {
  // Only the name is shown: what follows the `=` of a mistyped --url may hold a password.
  const [word = ""] = (argv[token.index] ?? "").split("=", 1);
  const names = flags.map(({ name }) => `--${name}`);
  const negated = names.find((name) => name === word.replace(/^--no-/, "--"));
  if (negated !== undefined) return usage(`unknown option: ${word}`, path, `leave out ${negated} instead.`);
  const wanted = word.startsWith("--") ? word : `-${word}`;
  return usage(`unknown option: ${word}`, path, suggestion(wanted, names, ""));
}

function value(token: Token, flag: Flag, { path }: Guarded): Failure | undefined {
  const name = token.text;
  if (flag.kind === "boolean") {
    if (token.placement === "none") return undefined;
    return usage(`${name} takes no value`, path, `write ${name}, or leave it out.`);
  }
  const wanted = flag.kind === "choice" ? flag.choices.join("|") : flag.valueName;
  const given = token.value;
  const isData = flag.kind === "list" && flag.values === "any";
  if (given === undefined || (given === "" && !isData)) return usage(`${name} needs a value: ${name} ${wanted}`, path);
  const mayBeNegative = flag.kind === "integer" || isData;
  const looksLikeFlag = given.startsWith("-") && given !== "-" && !(mayBeNegative && /^-\.?\d/.test(given));
  if (token.placement === "next word" && looksLikeFlag) {
    const [word = ""] = given.split("=", 1);
    return usage(
      `${name} needs a value, and ${word} looks like an option`,
      path,
      `if it is meant, write ${name}=${word}`,
    );
  }
  if (flag.kind === "integer") return integer(token, flag, path);
  if (flag.kind === "choice" && !flag.choices.includes(given)) {
    const choices = `one of: ${flag.choices.join(", ")}.`;
    return usage(`${name} cannot be ${given}`, path, suggestion(given, flag.choices, choices));
  }
  return undefined;
}

function integer(token: Token, flag: Flag & { kind: "integer" }, path: readonly string[]): Failure | undefined {
  const given = token.value ?? "";
  const { minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = flag;
  const number = Number(given);
  if (/^-?\d{1,16}$/.test(given) && number >= minimum && number <= maximum) return undefined;
  const range = flag.maximum === undefined ? `from ${minimum} up` : `from ${minimum} to ${maximum}`;
  return usage(`${token.text} must be a whole number ${range}, and is ${given}`, path);
}

function missingFlag(seen: ReadonlySet<string>, { command, path }: Guarded): Failure | undefined {
  const missing = command.flags.find((flag) => "required" in flag && !seen.has(flag.name));
  return missing === undefined ? undefined : usage(`--${missing.name} is required`, path);
}

function positionals({ command, tokens, path }: Guarded): Failure | undefined {
  const given = tokens.filter((token) => token.kind === "positional");
  const stray = given[command.positionals.length];
  if (stray !== undefined) return usage(`unexpected argument: ${stray.text}`, path, strayAdvice(stray.text, command));
  const missing = command.positionals.find(({ required }, index) => required && given[index] === undefined);
  if (missing !== undefined) return usage(`${missing.name} is missing`, path);
  const empty = given.findIndex(({ text }) => text === "");
  if (empty !== -1) return usage(`${command.positionals[empty]?.name} is empty`, path);
  for (const [index, { name, choices }] of command.positionals.entries()) {
    const text = given[index]?.text;
    if (text === undefined || choices === undefined || choices.includes(text)) continue;
    return usage(`${name} cannot be ${text}`, path, suggestion(text, choices, `one of: ${choices.join(", ")}.`));
  }
  return undefined;
}

/** A flag typed without its dashes is the usual stray word. */
function strayAdvice(word: string, command: Leaf): string {
  const names = command.flags.map(({ name }) => name);
  return names.includes(word) ? `did you mean --${word}?` : "";
}
