/**
 * scenarios/plan-lines: the verbs of a run as `cutter sandbox plan` prints them, each line in full.
 *
 * A word in capitals is one that the run itself decides. Data only. Called by the scenarios, for their `lines`.
 */
import type { Gate } from "../stage/desk.ts";

const CONFIG = "--config STAGE/cutter.toml";

export const CUT = `cutter cut DOCUMENT --source FILE --survey --live ${CONFIG}`;
export const REHEARSE = `cutter rehearse RUN --json ${CONFIG}`;
export const SHOW = "cutter show RUN --json";
export const VERIFY = `cutter verify RUN ${CONFIG}`;
export const RESUME = `cutter resume RUN --live --confirm DIGEST ${CONFIG}`;
export const RESUME_APPROVED = `cutter resume RUN --approval APPROVAL --live --confirm DIGEST ${CONFIG}`;

export function approveLine(gate: Gate): string {
  const sign = "--authority sovereign@sandbox --sign-with KEYS/sovereign --out APPROVAL";
  const rehearsal = gate === "SG1" ? " --unrehearsed" : "";
  return `cutter approve RUN --gate ${gate} ${sign}${rehearsal} ${CONFIG}`;
}

/** Approves at a gate and goes on. */
export function passLines(gate: "SG1" | "SG2"): readonly string[] {
  return [approveLine(gate), RESUME_APPROVED];
}

export function revertLine(words: string): string {
  return `cutter revert RUN ${words} ${CONFIG}`.replaceAll("  ", " ");
}
