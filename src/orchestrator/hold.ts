/**
 * hold: `locks/HOLD`: after a failure nothing is written any more until a person has looked.
 *
 * The first reason stays: a HOLD that stands is never overwritten. Its first line is for people and for the kill switch
 * and begins with the run; the second is the same as JSON. Cleared only by naming the run that it names. Called after a
 * failed phase, and by `cutter hold`.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { canonicalJson } from "../kernel/digest.ts";
import { boundedText } from "../kernel/evidence/bounded-text.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { openPrivateDirectory } from "../kernel/private-files/directory.ts";
import { errnoOf, failedCall } from "../kernel/private-files/errno.ts";
import { createPrivateFile, readPrivateFile, syncDirectory } from "../kernel/private-files/file.ts";

export type Hold = {
  readonly runId: string;
  /** Of the failure, or `OPERATOR`. */
  readonly code: string;
  readonly reason: string;
  readonly who: string;
  /** ISO 8601, UTC. */
  readonly at: string;
};

const SCHEMA = "cutter.hold/v1";

/** The hold that stands now: this one, or the one that stood before. */
export function setHold(stateDirectory: string, hold: Hold): { readonly set: "now" | "before" } | Failure {
  const state = openPrivateDirectory(stateDirectory);
  if (state instanceof Failure) return state;
  const locks = openPrivateDirectory(join(state, "locks"));
  if (locks instanceof Failure) return locks;
  const { runId, code, who, at } = hold;
  // What is longer than the readers of the file take could be set and never cleared.
  const reason = boundedText(hold.reason);
  const line = oneLine(`run ${runId}: ${code}: ${reason} (${who}, ${at})`);
  const json = canonicalJson({ schema: SCHEMA, run_id: runId, code, reason, who, at });
  const made = createPrivateFile(join(locks, "HOLD"), `${line}\n${json}\n`);
  return made instanceof Failure ? made : { set: made === "made" ? "now" : "before" };
}

/** null where none stands; `unknown` where it is not one that cutter wrote, so that it names no run. */
export function readHoldFile(stateDirectory: string): Hold | { readonly unknown: string } | null | Failure {
  const bytes = readPrivateFile(join(stateDirectory, "locks", "HOLD"), limits.holdFileBytes);
  if (bytes instanceof Failure) return bytes.facts.errno === "ENOENT" ? null : bytes;
  const [line = "", json = ""] = new TextDecoder().decode(bytes).split("\n");
  return parse(json) ?? { unknown: line };
}

/** STOP_HOLD where it names another run or none; it stays. */
export function clearHold(stateDirectory: string, runId: string): Hold | Failure {
  const hold = readHoldFile(stateDirectory);
  if (hold instanceof Failure) return hold;
  const path = join(stateDirectory, "locks", "HOLD");
  if (hold === null || "unknown" in hold || hold.runId !== runId) {
    const names = hold === null ? "stands" : "unknown" in hold ? "of a known form stands" : `of run ${runId} stands`;
    const but = hold !== null && !("unknown" in hold) ? `, but one of run ${hold.runId}` : "";
    return new Failure("STOP_HOLD", `no HOLD ${names} in ${path}${but}`, {
      hint: "cutter hold show prints it; one that cutter did not write is removed by whoever made it.",
      data: "Nothing was cleared.",
    });
  }
  try {
    fs.unlinkSync(path);
    syncDirectory(join(stateDirectory, "locks"));
    return hold;
  } catch (error) {
    const facts = { path, errno: errnoOf(error) };
    return new Failure("FILE_WRITE_FAILED", failedCall(`remove ${path}`, error), { facts, cause: error });
  }
}

function parse(json: string): Hold | null {
  try {
    const { schema, run_id: runId, code, reason, who, at } = JSON.parse(json) as Record<string, unknown>;
    const texts = [runId, code, reason, who, at].every((value) => typeof value === "string");
    return schema === SCHEMA && texts ? ({ runId, code, reason, who, at } as Hold) : null;
  } catch {
    return null;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, limits.errorTextCharacters);
}
