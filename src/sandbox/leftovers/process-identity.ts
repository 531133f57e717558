/**
 * leftovers/process-identity: which process it was, so that another that got its number is never taken for it.
 *
 * A number alone names nobody. With its start time and the kernel's boot it names one process for ever, also through
 * exec and a change of user. Linux only; elsewhere nothing is identified and so nothing is ended. Called by record.ts,
 * sweep.ts and the providers.
 */
import * as fs from "node:fs";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";
import { readRegularFile } from "../../kernel/private-files/file.ts";
import type { ProcessResource } from "./resource.ts";

/** Null where there is no such process, or the system does not tell. */
export function identifyProcess(pid: number): ProcessResource | null {
  const startTime = statOf(pid)?.startTime ?? null;
  const bootId = readText("/proc/sys/kernel/random/boot_id")?.trim();
  return startTime === null || bootId === undefined ? null : { kind: "process", pid, startTime, bootId };
}

/** Number of who started it; null where it has ended. */
export function parentOf(pid: number): number | null {
  return statOf(pid)?.parent ?? null;
}

/** Whether exactly this process is still there. One that has ended and was not waited for (`Z`) is not. */
export function isRunning(wanted: ProcessResource): boolean {
  const found = identifyProcess(wanted.pid);
  return found?.startTime === wanted.startTime && found.bootId === wanted.bootId;
}

/**
 * Looks who it is right before. `gone`: the number is nobody's or somebody else's by now, and no signal was sent;
 * `refused`: the system does not let us.
 */
export function signalProcess(wanted: ProcessResource, signal: "SIGQUIT" | "SIGKILL"): "sent" | "gone" | "refused" {
  if (!isRunning(wanted)) return "gone";
  try {
    process.kill(wanted.pid, signal);
    return "sent";
  } catch (error) {
    return errnoOf(error) === "ESRCH" ? "gone" : "refused";
  }
}

/** Its children, their children and so on; each as it was found. */
export function descendantsOf(pid: number): readonly ProcessResource[] {
  const parents = new Map(processNumbers().map((one) => [one, statOf(one)?.parent ?? 0]));
  const found: number[] = [pid];
  // Grows while it is walked.
  for (const parent of found) for (const [child, its] of parents) if (its === parent) found.push(child);
  return found.slice(1).flatMap((one) => identifyProcess(one) ?? []);
}

function processNumbers(): readonly number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

type Stat = { readonly parent: number; readonly startTime: string };

/**
 * proc_pid_stat(5): behind a name that may hold anything but ends with the last `)`, state is field 3, parent 4, start
 * 22. Null for one that has ended and only waits to be asked for.
 */
function statOf(pid: number): Stat | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, parent, startTime] = [fields[0], fields[1], fields[19]];
  return state === "Z" || state === "X" || startTime === undefined ? null : { parent: Number(parent), startTime };
}

function readText(path: string): string | null {
  const content = readRegularFile(path, limits.processFileBytes);
  return content instanceof Failure ? null : Buffer.from(content).toString("utf8");
}
