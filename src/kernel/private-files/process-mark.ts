/**
 * private-files/process-mark: which process made a thing, in a short word that stands in its name, so that a later one
 * can tell whether it is left over.
 *
 * The word holds for one start of one process on one start of one machine: neither a process that came to have the same
 * number nor one of another host is taken for it. What cannot be told is `unknown`, and then nothing is removed. Called
 * by what leaves something behind when it is killed.
 */
import { readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { sha256 } from "../digest.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { errnoOf } from "./errno.ts";
import { readRegularFile } from "./file.ts";

/** A mark as a part of a pattern: process, its start, the place. */
export const MARK_PATTERN = "[0-9]+-[0-9]+-[0-9a-f]{8}";

const MARK = /^([0-9]+)-([0-9]+)-([0-9a-f]{8})$/;

/** e.g. `4711-88231907-5f0c2a9b`; with 0 for its start where the system does not tell. */
export function ownMark(): string {
  return `${process.pid}-${startOf(process.pid) ?? "0"}-${placeMark()}`;
}

/** What became of the process that has this mark; `unknown` also for one of another place. */
export function fateOf(mark: string): "ended" | "runs" | "unknown" {
  const [, pid, start, place] = MARK.exec(mark) ?? [];
  if (pid === undefined || start === "0" || place !== placeMark()) return "unknown";
  if (startOf(process.pid) === null) return "unknown";
  return startOf(Number(pid)) === start ? "runs" : "ended";
}

/** Of this start of this machine, and of the space in which its process numbers hold. */
function placeMark(): string {
  const boot = readText("/proc/sys/kernel/random/boot_id") ?? "no boot id";
  return sha256([hostname(), boot.trim(), processSpace()].join("\n")).slice(0, 8);
}

function processSpace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch (error) {
    return errnoOf(error);
  }
}

/** proc_pid_stat(5): field 22, in ticks since the machine started; null where there is no such process, or it ended. */
function startOf(pid: number): string | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  const [state, ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return state === "Z" || state === "X" ? null : (fields[FIELDS_BETWEEN] ?? null);
}

/** Between the state (field 3) and the start (field 22). */
const FIELDS_BETWEEN = 18;

function readText(path: string): string | null {
  const bytes = readRegularFile(path, limits.processFileBytes);
  return bytes instanceof Failure ? null : new TextDecoder().decode(bytes);
}
