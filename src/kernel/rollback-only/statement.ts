/**
 * statement: one statement of a script, and the script, once the parser has read them.
 *
 * Pure types, apart from script.ts so that what works on statements need not know how they are read.
 */
import type { Tree } from "./classify.ts";

export type Statement = {
  /** 1 for the first. */
  readonly index: number;
  /** Line of its first word, 1 for the first. */
  readonly line: number;
  /** Bytes of UTF-8 before its first word. */
  readonly offset: number;
  /** As it will run: without leading comments and the final semicolon, parameters filled in. */
  readonly text: string;
  /** PostgreSQL's command word, e.g. `ALTER TABLE`. */
  readonly kind: string;
  readonly tree: Tree;
};

export type Script = { readonly statements: readonly Statement[] };
