/**
 * gates/gate: what a gate of the sandbox is: a claim, and a small pure judgement over what was measured.
 *
 * A gate measures nothing itself, so that a test can hand it any measurement and see it turn red. Whether it was judged
 * at all is kept by the ledger of gates. Called by the files beside this one, which hold the twenty-five.
 */
import type { Mismatch } from "../../report/battery.ts";
import type { Observation } from "../../report/judgement.ts";
import type { Difference } from "../../schema/compare.ts";

export type Gate<Measured> = {
  /** `G-01` to `G-25`. */
  readonly id: string;
  /** What holds where it passes. */
  readonly claim: string;
  judge(measured: Measured): Observation;
};

/** Each item of a list that should be empty, as a mismatch. */
export function unexpected(what: string, items: readonly string[], expected = "none"): Mismatch[] {
  return items.map((seen) => ({ what, expected, seen }));
}

/** A mismatch where there is nothing to look at: an empty list proves nothing. */
export function mustHold(what: string, count: number): Mismatch[] {
  return count > 0 ? [] : [{ what, expected: "at least one", seen: "none" }];
}

/** Two lists as sets: what is missing and what is in excess, each by name. */
export function sameSet(what: string, wanted: readonly string[], found: readonly string[]): Mismatch[] {
  const [expected, seen] = [new Set(wanted), new Set(found)];
  return [
    ...[...expected].filter((one) => !seen.has(one)).map((one) => ({ what, expected: one, seen: "missing" })),
    ...[...seen].filter((one) => !expected.has(one)).map((one) => ({ what, expected: "not there", seen: one })),
  ];
}

/** What of a database is otherwise than the contract says. */
export function differenceOf({ kind, object, expected, actual }: Difference): Mismatch {
  return { what: `${kind} ${object}`, expected: expected ?? "not there", seen: actual ?? "missing" };
}

/** What is gone of what has to stay, each by its exact name. */
export function missing(gone: readonly string[]): Mismatch[] {
  return gone.map((what) => ({ what, expected: STILL_THERE, seen: "ended, or begun anew" }));
}

const STILL_THERE = "still there";

/** Whether what turned a gate red is somebody else's server or container that ended. */
export function isMissing({ expected }: Mismatch): boolean {
  return expected === STILL_THERE;
}
