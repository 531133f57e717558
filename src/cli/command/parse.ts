/**
 * parse: the words of a command line → the command that they name and its typed values, or a usage Failure.
 *
 * citty reads the values; guard.ts, which runs first, refuses what citty would let pass. Nothing here runs a command,
 * so whatever is refused is refused before anything happened. Help and version win over every other fault of the line:
 * who asks for help gets it, and nothing runs. Called by program.ts.
 */
import { parseArgs as read } from "citty";
import { Failure } from "../../kernel/failure.ts";
import {
  type Command,
  type Flag,
  type Format,
  GLOBAL_FLAGS,
  type Globals,
  type Invocation,
  type Leaf,
} from "./command.ts";
import { guard } from "./guard.ts";
import { suggest, suggestion } from "./suggest.ts";
import { tokenize, usage } from "./tokens.ts";

export type Parsed =
  | { readonly kind: "run"; readonly leaf: Leaf; readonly path: readonly string[]; readonly invocation: Invocation }
  | { readonly kind: "help"; readonly command: Command; readonly path: readonly string[]; readonly asked: "yes" | "no" }
  | { readonly kind: "manual" }
  | { readonly kind: "version"; readonly format: "text" | "json" };

/** `argv` holds no program name. `path` of the answer starts with the program's, e.g. `["cutter", "proof"]`. */
export function parse(root: Command, argv: readonly string[]): Parsed | Failure {
  return descend({ command: root, path: [root.name], argv });
}

type Place = { readonly command: Command; readonly path: readonly string[]; readonly argv: readonly string[] };

function descend(place: Place): Parsed | Failure {
  if (!("commands" in place.command)) return leaf(place.command, place);
  const { tokens } = tokenize(place.argv, GLOBAL_FLAGS);
  const word = tokens.find((token) => token.kind !== "option");
  const before = tokens.slice(0, word === undefined ? tokens.length : tokens.indexOf(word));
  if (before.some((token) => token.name === "help")) return help(place, "yes");
  if (before.some((token) => token.name === "version")) return version(place.argv);
  const early = before.find((token) => !GLOBAL_FLAGS.some(({ name }) => name === token.name));
  if (early !== undefined) return earlyFlag(early.rawName ?? early.text, place.path);
  if (word === undefined) return help(place, "no");
  if (word.kind === "terminator") return usage("a command must come before --", place.path);
  const rest = [...place.argv.slice(0, word.index), ...place.argv.slice(word.index + 1)];
  if (word.text === "help") return helpFor(place, rest);
  const next = place.command.commands.find(({ name }) => name === word.text);
  if (next === undefined) return unknownCommand(word.text, place);
  return descend({ command: next, path: [...place.path, next.name], argv: rest });
}

function help(place: Place, asked: "yes" | "no"): Parsed {
  return { kind: "help", command: place.command, path: place.path, asked };
}

function version(argv: readonly string[]): Parsed {
  return { kind: "version", format: argv.includes("--json") ? "json" : "text" };
}

/**
 * `cutter help proof rollback`: walks the words as far as they name commands, and refuses one that does not;
 * `cutter help --man`: the manual page of the whole program.
 */
function helpFor(place: Place, words: readonly string[]): Parsed | Failure {
  if (words.length === 1 && words[0] === "--man" && place.path.length === 1) return { kind: "manual" };
  let here = place;
  for (const word of words.filter((argument) => !argument.startsWith("-"))) {
    const commands: readonly Command[] = "commands" in here.command ? here.command.commands : [];
    const next = commands.find(({ name }) => name === word);
    if (next === undefined) return unknownCommand(word, here);
    here = { command: next, path: [...here.path, word], argv: [] };
  }
  return help(here, "yes");
}

function unknownCommand(word: string, { command, path }: Place): Failure {
  const names = "commands" in command ? command.commands.map(({ name }) => name) : [];
  const known = names.length === 0 ? `${path.join(" ")} has no commands of its own` : `commands: ${names.join(", ")}`;
  return usage(`unknown command: ${word}`, path, suggestion(word, names, known));
}

function earlyFlag(flag: string, path: readonly string[]): Failure {
  const names = GLOBAL_FLAGS.map(({ name }) => `--${name}`);
  const advice = `an option of a command stands after it: ${path.join(" ")} COMMAND ${flag}`;
  return usage(`unknown option before the command: ${flag}`, path, suggestion(flag, names, advice));
}

function leaf(command: Leaf, place: Place): Parsed | Failure {
  const flags: readonly Flag[] = [...command.flags, ...GLOBAL_FLAGS];
  const { tokens, options } = tokenize(place.argv, flags);
  if (tokens.some((token) => token.kind === "option" && token.name === "help")) return help(place, "yes");
  if (tokens.some((token) => token.kind === "option" && token.name === "version")) return version(place.argv);
  const refused = guard({ command, flags, tokens, argv: place.argv, path: place.path });
  if (refused !== undefined) return refused;

  const given = read([...place.argv], options) as Readonly<Record<string, unknown>> & { readonly _: readonly string[] };
  const values = (wanted: readonly Flag[]): Record<string, unknown> =>
    Object.fromEntries(wanted.map((flag) => [flag.name, typedValue(flag, given[flag.name])]));
  // citty keeps only the last of a repeated flag, so a list is read from the tokens.
  const lists = command.flags
    .filter(({ kind }) => kind === "list")
    .map(({ name }) => [name, tokens.flatMap((token) => (token.name === name ? [token.value ?? ""] : []))]);
  const globals = settleGlobals(values(GLOBAL_FLAGS), { command, path: place.path });
  if (globals instanceof Failure) return globals;
  const positionals = Object.fromEntries(command.positionals.map(({ name }, index) => [name, given._[index]]));
  const invocation = { flags: { ...values(command.flags), ...Object.fromEntries(lists) }, positionals, globals };
  return { kind: "run", leaf: command, path: place.path, invocation };
}

/** The guard has seen that an integer is one. */
function typedValue(flag: Flag, given: unknown): unknown {
  if (flag.kind === "boolean") return given === true;
  if (flag.kind === "list") return [];
  if (given === undefined) return flag.default;
  return flag.kind === "integer" ? Number(given) : given;
}

function settleGlobals(
  values: Readonly<Record<string, unknown>>,
  { command, path }: { readonly command: Leaf; readonly path: readonly string[] },
): Globals | Failure {
  const { url, service, config, color } = values as unknown as Globals;
  const format = (values.format ?? (values.json === true ? "json" : "text")) as Format;
  if (values.json === true && format !== "json") return usage(`--json contradicts --format ${format}`, path);
  if (values.quiet === true && values.verbose === true) return usage("--quiet contradicts --verbose", path);
  const formats = command.formats ?? ["text", "json"];
  if (!formats.includes(format)) {
    const meant = suggest(format, formats) ?? formats.join(", ");
    return usage(`${path.join(" ")} does not write ${format}`, path, `formats it writes: ${meant}`);
  }
  const talk = values.quiet === true ? "quiet" : values.verbose === true ? "verbose" : "normal";
  const [program = ""] = path;
  return { program, url, service, config, stateDir: values["state-dir"] as string | undefined, format, color, talk };
}
