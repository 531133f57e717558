/**
 * kill-switch: whether anything may be executed. The answer is no, unless one run is armed and nothing says off.
 *
 * `EXECUTION_ENABLED` is false in the source and in every build; no flag, file or variable makes it true. This file
 * only reads and answers: it never connects, never writes, and nothing outside it can change what it holds. PROOF-1
 * and PROOF-7 assert it; each method of the production adapter asks `refusal` as its first line (live.md §1).
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { timestamp } from "./clock.ts";
import { Failure } from "./failure.ts";
import { type Arming, type ArmingScope, currentArming, outOfScope } from "./kill-switch/arming.ts";
import { limits } from "./limits.ts";
import { checkPrivateDirectory } from "./private-files/directory.ts";
import { errnoOf } from "./private-files/errno.ts";
import { readRegularFile } from "./private-files/file.ts";

/** The default of every run. Typed boolean so that code asks it; a build in which it is true fails PROOF-1. */
const EXECUTION_ENABLED = false as boolean;

/** What can turn it on in this build; in the facts of PROOF-1. */
const MILESTONE = "a live run is armed by its own signed approvals only, in memory";

const OPERATOR_FILE = "/etc/cutter/DISABLED";

export type SwitchSource = {
  readonly name: "EXECUTION_ENABLED" | "HOLD" | "DISABLED" | "arming";
  /** A path, or `in the source`, `in memory`. */
  readonly where: string;
  readonly says: "off" | "on" | "nothing" | "unreadable";
  /** e.g. `false`, `does not exist`, the first line of the file, or why it cannot be read. */
  readonly detail: string;
};

export type KillSwitchReading = {
  /** ISO 8601, UTC. */
  readonly readAt: string;
  readonly sources: readonly SwitchSource[];
  readonly armed: Arming | null;
  readonly milestone: string;
};

export type KillSwitchPlaces = {
  readonly stateDirectory: string;
  /** The operator's file; /etc/cutter/DISABLED but in tests. */
  readonly operatorFile?: string;
};

/** Reads every source, each time anew. Never fails: what cannot be read says so, and that is off. */
export function readKillSwitch(places: KillSwitchPlaces): KillSwitchReading {
  const armed = currentArming();
  return {
    readAt: timestamp(),
    sources: [
      {
        name: "EXECUTION_ENABLED",
        where: "in the source",
        says: EXECUTION_ENABLED ? "on" : "off",
        detail: String(EXECUTION_ENABLED),
      },
      readHold(places.stateDirectory),
      readSwitchFile("DISABLED", places.operatorFile ?? OPERATOR_FILE),
      {
        name: "arming",
        where: "in memory",
        says: armed === null ? "nothing" : "on",
        detail:
          armed === null ? "nothing is armed" : `run ${armed.runId}, gate ${armed.gate}, until ${armed.expiresAt}`,
      },
    ],
    armed,
    milestone: MILESTONE,
  };
}

/** True only with an arming that has not expired and no file that says off, or may say it and cannot be read. But for
 * the revert of the very run that HOLD names. */
export function executionEnabled(reading: KillSwitchReading): boolean {
  if (reading.armed === null || !(Date.parse(reading.readAt) < Date.parse(reading.armed.expiresAt))) return false;
  const { armed } = reading;
  const sources = fileSources(reading);
  return sources.length === 2 && sources.every((source) => source.says === "nothing" || isOwnHold(source, armed));
}

/** A HOLD that names the very run that is being taken back is why it is; its first line begins with the run. */
export function isOwnHold(
  { name, says, detail }: SwitchSource,
  { gate, runId }: Pick<ArmingScope, "gate" | "runId">,
): boolean {
  return name === "HOLD" && says === "off" && gate === "REVERT" && detail.startsWith(`run ${runId}: `);
}

/** What a mutating method answers before anything else; null where it may go on. `asked`: what it is about to do. */
export function refusal(reading: KillSwitchReading, asked: ArmingScope | null): Failure | null {
  if (executionEnabled(reading)) return refuseScope(reading.armed, asked);
  const unreadable = reading.sources.find((source) => source.says === "unreadable");
  const facts = { sources: reading.sources.map((source) => ({ ...source })) };
  if (unreadable !== undefined) {
    const message = `${unreadable.where} exists and cannot be read (${unreadable.detail}), so execution is off`;
    return new Failure("KILL_SWITCH_UNREADABLE", message, { facts });
  }
  const file = fileSources(reading).find((source) => source.says === "off");
  const unarmed = reading.armed === null ? "nothing is armed" : `the arming ended at ${reading.armed.expiresAt}`;
  const reason = file === undefined ? unarmed : `${file.where} says so: ${file.detail}`;
  return new Failure("KILL_SWITCH_OFF", `execution is off; ${reason}`, { facts });
}

/** An arming that is for anything else than what is asked is none. */
function refuseScope(armed: Arming | null, asked: ArmingScope | null): Failure | null {
  const wrong = armed === null || asked === null ? ["everything"] : outOfScope(armed, asked);
  if (wrong.length === 0) return null;
  return new Failure("KILL_SWITCH_OFF", `execution is off; what is armed is for another ${wrong.join(", ")}`, {
    facts: { armed: armed === null ? null : { ...armed }, asked: asked === null ? null : { ...asked } },
  });
}

/**
 * What PROOF-1 and PROOF-7 assert: off, in the source, by what the files say, and with nothing armed. Each thing that
 * is otherwise; empty where the claim holds. A HOLD or DISABLED that says off is no mismatch: off is what is claimed.
 */
export function switchMismatches(reading: KillSwitchReading): { what: string; expected: string; seen: string }[] {
  const mismatches: { what: string; expected: string; seen: string }[] = [];
  const expect = (what: string, expected: string, seen: string) => {
    if (seen !== expected) mismatches.push({ what, expected, seen });
  };
  expect("executionEnabled()", "false", String(executionEnabled(reading)));
  expect("sources read", "EXECUTION_ENABLED HOLD DISABLED arming", reading.sources.map((one) => one.name).join(" "));
  expect("armed", "nothing", reading.armed === null ? "nothing" : `run ${reading.armed.runId}`);
  for (const source of reading.sources) {
    const seen = `${source.says}: ${source.detail}`;
    if (source.says === "unreadable") expect(`${source.name} (${source.where})`, "readable, or absent", seen);
    if (source.says === "on") expect(`${source.name} (${source.where})`, "off", seen);
  }
  return mismatches;
}

function fileSources(reading: KillSwitchReading): SwitchSource[] {
  return reading.sources.filter((source) => source.name === "HOLD" || source.name === "DISABLED");
}

/** Whoever may write a directory on the way may take HOLD out of it, so its absence there says nothing. */
function readHold(stateDirectory: string): SwitchSource {
  const locks = join(stateDirectory, "locks");
  const where = join(locks, "HOLD");
  for (const directory of [stateDirectory, locks]) {
    try {
      if (fs.lstatSync(directory, { throwIfNoEntry: false }) === undefined) break;
    } catch (error) {
      return { name: "HOLD", where, says: "unreadable", detail: errnoOf(error) };
    }
    const distrusted = checkPrivateDirectory(directory);
    if (distrusted !== null) return { name: "HOLD", where, says: "unreadable", detail: distrusted.message };
  }
  return readSwitchFile("HOLD", where);
}

/** A file that does not exist is not a reason; one that exists says off, whatever is in it. */
function readSwitchFile(name: "HOLD" | "DISABLED", path: string): SwitchSource {
  try {
    // lstat: a link that leads nowhere exists, and someone put it there.
    if (fs.lstatSync(path, { throwIfNoEntry: false }) === undefined) {
      return { name, where: path, says: "nothing", detail: "does not exist" };
    }
  } catch (error) {
    return { name, where: path, says: "unreadable", detail: errnoOf(error) };
  }
  const content = readRegularFile(path, limits.holdFileBytes);
  if (content instanceof Failure) return { name, where: path, says: "unreadable", detail: content.message };
  const [firstLine = ""] = new TextDecoder().decode(content).split("\n", 1);
  return { name, where: path, says: "off", detail: firstLine.trim() || "exists, empty" };
}
