/**
 * failure: everything that can go wrong and is not a bug, as a value with a stable code.
 *
 * Functions return `T | Failure`; nobody throws one, logs one and goes on, or drops one. A bug throws and crashes with
 * exit code 1. What a code means (exit code, cause, next action, what it means for the data) stands in one table,
 * failure-table.ts, which `cutter explain` prints. Called by everything; knows nothing of any domain.
 */
import { FAILURES, type FailureCode } from "./failure-table.ts";

export type { FailureCode } from "./failure-table.ts";

/** A JSON value: what evidence is made of. */
export type Fact = string | number | boolean | null | readonly Fact[] | { readonly [key: string]: Fact };
export type Facts = { readonly [key: string]: Fact };

export type FailureDetails = {
  /** What to do about it here; the table's general advice where absent. */
  readonly hint?: string;
  /** What happened to the data here; the table's sentence where absent. */
  readonly data?: string;
  readonly facts?: Facts;
  /** What led to it: another Failure, or what a library threw. */
  readonly cause?: unknown;
};

export class Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly hint: string;
  readonly data: string;
  readonly facts: Facts;
  readonly cause: unknown;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    this.code = code;
    this.message = message;
    this.hint = details.hint ?? FAILURES[code].action;
    this.data = details.data ?? FAILURES[code].data;
    this.facts = details.facts ?? {};
    this.cause = details.cause;
  }

  /** The process exit code of cli.md for this failure. */
  get exitCode(): number {
    return FAILURES[this.code].exit;
  }
}

/** Joins a cleanup's failure to the first one: the first keeps its code, the second stands in its facts. */
export function joinFailure(first: Failure, second: Failure | undefined): Failure {
  if (second === undefined) return first;
  const also: Facts = { code: second.code, message: second.message };
  return new Failure(first.code, first.message, {
    hint: first.hint,
    data: first.data,
    facts: { ...first.facts, also },
    cause: first.cause,
  });
}

/** For the default branch of a switch over a union: reached only through a bug. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
