/**
 * run-id: the name of a run, and of its folder: `proof-20260521T042359Z-ad3d0b97`.
 *
 * What it is (`ictr` a cut, `proof` a battery, `dryrun` a dry run with its runs, `sandbox` a rehearsal that commits),
 * the UTC second, 8 random hex digits. Names sort by time within a kind.
 */
import { randomBytes } from "node:crypto";
import { compactTimestamp } from "../clock.ts";

export type RunKind = "ictr" | "proof" | "dryrun" | "sandbox";

const RUN_ID = /^(?:ictr|proof|dryrun|sandbox)-\d{8}T\d{6}Z-[0-9a-f]{8}$/;

export function runId(kind: RunKind): string {
  return `${kind}-${compactTimestamp()}-${randomBytes(4).toString("hex")}`;
}

/** Whether nothing but its evidence tells of it: a proof and a sandbox are in no run store. */
export function keepsItsOwn(id: string): boolean {
  return id.startsWith("proof-") || id.startsWith("sandbox-");
}

/** Whether the text is such a name; whoever makes a path of one asks first. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}
