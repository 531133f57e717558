/**
 * completion/places: the table of commands as completion sees it: each place on a line, and what may come there.
 *
 * The one reading of the table that the scripts for all shells are made from. Pure but for the lists that a command
 * has loaded when it is asked. Called by `cutter completion`.
 */
import { type Command, type Flag, GLOBAL_FLAGS, type Leaf, type Positional } from "../command.ts";

/** What may stand in the place of a value. */
export type Value =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "file" | "directory" | "other" };

export type Option = {
  readonly name: string;
  readonly short: string | null;
  readonly description: string;
  /** null: takes none. */
  readonly value: (Value & { readonly valueName: string }) | null;
  readonly mayRepeat: boolean;
};

export type Operand = { readonly name: string; readonly description: string; readonly value: Value };

/** After these words of the command, the program's own left out. */
export type Place = {
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly Option[];
  readonly operands: readonly Operand[];
};

/** `cutter help COMMAND` is read by the parser and stands in no table. */
const HELP = { name: "help", description: "Shows the help of a command; with --man the manual page" };

/** The program itself first, then in the order of the table. */
export async function placesOf(root: Command): Promise<readonly Place[]> {
  const below = await placesBelow(root, []);
  return below.map((place) => (place.path.length === 0 ? { ...place, commands: [...place.commands, HELP] } : place));
}

async function placesBelow(command: Command, path: readonly string[]): Promise<readonly Place[]> {
  if (!("commands" in command)) return [await leafPlace(command, path)];
  const commands = command.commands.map(({ name, summary }) => ({ name, description: firstClause(summary) }));
  const here = { path, commands, options: await Promise.all(GLOBAL_FLAGS.map(optionOf)), operands: [] };
  const below = await Promise.all(command.commands.map((next) => placesBelow(next, [...path, next.name])));
  return [here, ...below.flat()];
}

async function leafPlace(leaf: Leaf, path: readonly string[]): Promise<Place> {
  const formats = leaf.formats ?? ["text", "json"];
  // Of the formats only those that this command writes.
  const globals = GLOBAL_FLAGS.map((flag: Flag): Flag => {
    return flag.name === "format" && flag.kind === "choice" ? { ...flag, choices: formats } : flag;
  });
  const options = await Promise.all([...leaf.flags, ...globals].map(optionOf));
  return { path, commands: [], options, operands: await Promise.all(leaf.positionals.map(operandOf)) };
}

async function optionOf(flag: Flag): Promise<Option> {
  const { name } = flag;
  const common = { name, description: firstClause(flag.description), mayRepeat: flag.kind === "list" };
  if (flag.kind === "boolean") return { ...common, short: flag.short ?? null, value: null };
  if (flag.kind === "choice") {
    return { ...common, short: null, value: { kind: "words", words: flag.choices, valueName: "WORD" } };
  }
  const suggested = flag.kind === "string" ? flag.suggested : undefined;
  const value = await mayBe(flag.valueName, { suggested });
  return { ...common, short: null, value: { ...value, valueName: flag.valueName } };
}

async function operandOf({ name, description, ...known }: Positional): Promise<Operand> {
  return { name, description: firstClause(description), value: await mayBe(name, known) };
}

type Known = {
  readonly choices?: readonly string[] | undefined;
  readonly suggested?: (() => Promise<readonly string[]>) | undefined;
};

/** By what the table says of it, else by the name that help shows. */
async function mayBe(name: string, { choices, suggested }: Known): Promise<Value> {
  const words = choices ?? (await suggested?.());
  if (words !== undefined) return { kind: "words", words };
  if (name === "FILE") return { kind: "file" };
  return { kind: name === "DIRECTORY" ? "directory" : "other" };
}

/** What fits beside a word in a list: up to the first stop, without it. */
function firstClause(text: string): string {
  return text.replace(/[.;:](?: .*)?$/, "");
}
