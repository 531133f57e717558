/**
 * scenarios/expect: what scenarios compare, as mismatches: how a process ended, what a server refused, what counts say.
 *
 * Pure. Called by the scenarios, which add the lists up.
 */
import { Failure, type FailureCode } from "../../kernel/failure.ts";
import { FAILURES } from "../../kernel/failure-table.ts";
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import type { Ended } from "../processes.ts";
import { codeOf } from "../stage/desk.ts";

/** The exit code that the failure's code has, and the code itself; null: exit code 0. */
export function expectEnd(what: string, ended: Ended, code: FailureCode | null): Mismatch[] {
  const exit = code === null ? 0 : FAILURES[code].exit;
  const seen = ended.signal ?? (ended.code === null ? "not started" : `${ended.code}`);
  return [
    ...expectEqual(`${what}: exit code`, exit, seen),
    ...expectEqual(`${what}: failure`, code ?? "none", codeOf(ended) ?? "none"),
  ];
}

/** The SQLSTATE with which the server refused a statement. */
export function expectRefused(what: string, answer: unknown, sqlstate: string): Mismatch[] {
  const seen = answer instanceof Failure ? String(answer.facts.sqlstate ?? answer.code) : "it was done";
  return expectEqual(what, sqlstate, seen);
}

export function expectHolds(what: string, text: string, wanted: string): Mismatch[] {
  const flat = text.replaceAll(/\s+/g, " ");
  return flat.includes(wanted) ? [] : [{ what, expected: `it holds ${wanted}`, seen: flat.slice(0, SHOWN) }];
}

const SHOWN = 300;
