/**
 * command: what a command is, as data, and what its run function gets.
 *
 * The table of commands is made of these values, so that parsing, help, completion and the manual page have one source.
 * It never runs or parses anything: parse.ts does, strictly. Written by the verb files of cli/ and by proofs/; a verb
 * imports what is heavy inside `run`, with `await import()`, so that start-up stays quick.
 */
import type { Failure } from "../../kernel/failure.ts";
import type { Terminal } from "../terminal.ts";

/** How a result is written. A command names those that it can write; text and json where it names none. */
export const REPORT_FORMATS = ["text", "json", "junit", "tap", "markdown", "html"] as const;
const FORMATS = [...REPORT_FORMATS, "jsonl"] as const;
export type Format = (typeof FORMATS)[number];

type Described = { readonly name: string; readonly description: string };
type Valued = Described & { readonly valueName: string; readonly required?: true };
/** Values that are offered for completion; others are taken too. Asked for only then, so that it costs no start. */
type Suggested = { readonly suggested?: () => Promise<readonly string[]> };

/** A flag. The name has no dashes and never starts with `no-`; `short` is one letter. */
export type Flag =
  | (Described & { readonly kind: "boolean"; readonly short?: string })
  | (Valued & Suggested & { readonly kind: "string"; readonly default?: string })
  /** A whole number between minimum (0 if absent) and maximum (Number.MAX_SAFE_INTEGER if absent), both included. */
  | (Valued & {
      readonly kind: "integer";
      readonly default?: number;
      readonly minimum?: number;
      readonly maximum?: number;
    })
  | (Described & {
      readonly kind: "choice";
      readonly choices: readonly string[];
      readonly default?: string;
      readonly required?: true;
    })
  /** May be repeated; the only kind that may. */
  | (Described & {
      readonly kind: "list";
      readonly valueName: string;
      /** Data that goes in as it is: empty, or a number below zero, too. */
      readonly values?: "any";
    });

/** The name is written in capitals, as help shows it: `DOCUMENT`. Required ones come first. `choices` is closed. */
export type Positional = Described & Suggested & { readonly required: boolean; readonly choices?: readonly string[] };

export type Example = {
  /** What follows the command's own words, e.g. `--embedded`. */
  readonly arguments: string;
  readonly explanation: string;
};

type WithDefault = { readonly default: unknown } | { readonly required: true };
type OrAbsent<F, Value> = F extends WithDefault ? Value : Value | undefined;

type FlagValue<F extends Flag> = F extends { kind: "boolean" }
  ? boolean
  : F extends { kind: "list" }
    ? readonly string[]
    : F extends { kind: "integer" }
      ? OrAbsent<F, number>
      : F extends { kind: "choice"; choices: readonly (infer Choice)[] }
        ? OrAbsent<F, Choice>
        : OrAbsent<F, string>;

/** `{ "dry-run": boolean; mode: "auto" | "exact"; … }`, from the flags' definitions. */
export type FlagValues<Flags extends readonly Flag[]> = {
  readonly [F in Flags[number] as F["name"]]: FlagValue<F>;
};

export type PositionalValues<Positionals extends readonly Positional[]> = {
  readonly [P in Positionals[number] as P["name"]]: P extends { required: true } ? string : string | undefined;
};

/** What every command accepts, before or after the verb. `format` is settled: --json is --format json. */
export type Globals = {
  /** The program's own name, as its help says it: `cutter`, `cutter-proof`. */
  readonly program: string;
  readonly url: string | undefined;
  readonly service: string | undefined;
  readonly config: string | undefined;
  readonly stateDir: string | undefined;
  readonly format: Format;
  readonly color: "auto" | "always" | "never";
  readonly talk: "quiet" | "normal" | "verbose";
};

export type Invocation<
  Flags extends readonly Flag[] = readonly Flag[],
  Positionals extends readonly Positional[] = readonly Positional[],
> = {
  readonly flags: FlagValues<Flags>;
  readonly positionals: PositionalValues<Positionals>;
  readonly globals: Globals;
};

type Common = {
  readonly name: string;
  /** One sentence for a newcomer, with its full stop. */
  readonly summary: string;
  /** More paragraphs for the command's own help. */
  readonly description?: readonly string[];
  readonly examples: readonly Example[];
};

export type Leaf<
  Flags extends readonly Flag[] = readonly Flag[],
  Positionals extends readonly Positional[] = readonly Positional[],
> = Common & {
  readonly flags: Flags;
  readonly positionals: Positionals;
  readonly formats?: readonly Format[];
  /** Writes through the terminal only; answers the exit code, or a Failure, which the caller reports. */
  run(invocation: Invocation<Flags, Positionals>, terminal: Terminal): Promise<number | Failure>;
};

export type Group = Common & { readonly commands: readonly Command[] };
export type Command = Leaf | Group;

/** Checks a leaf's types: `run` gets values whose types follow from the definitions of flags and positionals. */
export function defineCommand<const Flags extends readonly Flag[], const Positionals extends readonly Positional[]>(
  leaf: Leaf<Flags, Positionals>,
): Leaf {
  return leaf;
}

/** The flag of each command that can also run on the engine inside the binary. */
export const EMBEDDED_FLAG = {
  name: "embedded",
  kind: "boolean",
  description: "Use the PostgreSQL inside this program: no set-up, nothing is kept, no database of yours is touched.",
} as const satisfies Flag;

/** Accepted by every command, before or after the verb. */
export const GLOBAL_FLAGS = [
  {
    name: "url",
    kind: "string",
    valueName: "URL",
    description: "The database: a URL or a keyword string, as psql takes it.",
  },
  { name: "service", kind: "string", valueName: "NAME", description: "The database: a section of pg_service.conf." },
  { name: "config", kind: "string", valueName: "FILE", description: "The configuration file to read." },
  {
    name: "state-dir",
    kind: "string",
    valueName: "DIRECTORY",
    description: "Where runs and their evidence are kept (also CUTTER_STATE_DIR).",
  },
  { name: "format", kind: "choice", choices: FORMATS, description: "How the result is written; text if not given." },
  { name: "json", kind: "boolean", description: "The same as --format json: one document on stdout." },
  {
    name: "color",
    kind: "choice",
    choices: ["auto", "always", "never"],
    default: "auto",
    description: "Colour; auto means on a terminal, and not if NO_COLOR is set.",
  },
  { name: "quiet", kind: "boolean", description: "Only the result and errors." },
  { name: "verbose", kind: "boolean", description: "Say more on stderr while working." },
  { name: "help", kind: "boolean", short: "h", description: "Show this help." },
  { name: "version", kind: "boolean", short: "V", description: "Show version and commit." },
] as const satisfies readonly Flag[];
