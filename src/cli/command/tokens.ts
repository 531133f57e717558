/**
 * tokens: a command line cut into options and positionals, by the tokenizer that citty reads with.
 *
 * citty is node:util's parseArgs with its strictness off; asking the same function for its tokens means that what the
 * guard looks at is what citty will read. It judges nothing. Used by parse.ts and guard.ts.
 */
import { parseArgs } from "node:util";
import type { ArgsDef } from "citty";
import { Failure } from "../../kernel/failure.ts";
import type { Flag } from "./command.ts";

export type Token = {
  readonly kind: "option" | "positional" | "terminator";
  /** Where it stands in argv. */
  readonly index: number;
  /** The word itself, without a value. */
  readonly text: string;
  /** Of an option: its long name, even if it was given as a letter; and as it was written. */
  readonly name: string | null;
  readonly rawName: string | null;
  readonly value: string | undefined;
  /** The value stood in the same word: `--url=…`. */
  readonly placement: "inline" | "next word" | "none";
};

export type Tokenized = { readonly tokens: readonly Token[]; readonly options: ArgsDef };

/** Options are given back in citty's form, so that the reader gets the same ones. */
export function tokenize(argv: readonly string[], flags: readonly Flag[]): Tokenized {
  const options: ArgsDef = {};
  const config: Record<string, { type: "boolean" | "string"; short?: string }> = {};
  for (const flag of flags) {
    const short = flag.kind === "boolean" ? flag.short : undefined;
    const type = flag.kind === "boolean" ? "boolean" : "string";
    options[flag.name] = short === undefined ? { type } : { type, alias: short };
    config[flag.name] = short === undefined ? { type } : { type, short };
  }
  const { tokens } = parseArgs({
    args: [...argv],
    options: config,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return { tokens: tokens.map(toToken), options };
}

type NodeToken = ReturnType<typeof parseArgs<{ tokens: true; strict: false }>>["tokens"][number];

function toToken(token: NodeToken): Token {
  const none = { name: null, rawName: null, value: undefined, placement: "none" } as const;
  const { index } = token;
  if (token.kind === "positional") return { ...none, kind: "positional", index, text: token.value };
  if (token.kind === "option-terminator") return { ...none, kind: "terminator", index, text: "--" };
  const { name, rawName, value } = token;
  const placement = value === undefined ? "none" : token.inlineValue === true ? "inline" : "next word";
  return { kind: "option", index, text: rawName, name, rawName, value, placement };
}

/** A USAGE failure that ends with where to look. */
export function usage(message: string, path: readonly string[], advice = ""): Failure {
  const see = `See ${path.join(" ")} --help.`;
  const stop = /[.?…]$/.test(advice) ? "" : ".";
  return new Failure("USAGE", message, { hint: advice === "" ? see : `${advice}${stop} ${see}` });
}
