/**
 * store/lock-holder: which process has a file locked, as the kernel tells it in /proc/locks.
 *
 * Reads only, and opens nothing of the store. The answer is for people: it may be old when it is read, and where the
 * kernel does not tell (another namespace, a file system with device numbers of its own, macOS) it is null. Called by
 * run-lock.ts.
 */
import * as fs from "node:fs";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { readRegularFile } from "../../kernel/private-files/file.ts";

export type LockHolder = {
  readonly pid: number;
  /** stopped: by SIGSTOP or a debugger; it keeps what it holds. */
  readonly is: "running" | "stopped" | "unknown";
};

/** `41: POSIX  ADVISORY  WRITE 1234 fd:00:5678 1073741824 1073742335` */
const WRITE_LOCK = /^\d+: POSIX +ADVISORY +WRITE (\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) /;

/** null where nobody has it, or the kernel does not say who. */
export function lockHolder(path: string): LockHolder | null {
  const table = readText("/proc/locks");
  const status = fs.lstatSync(path, { throwIfNoEntry: false });
  if (table === null || status === undefined) return null;
  for (const line of table.split("\n")) {
    const [, pid, major = "", minor = "", inode] = WRITE_LOCK.exec(line) ?? [];
    if (Number(inode) !== status.ino || deviceNumber(parseInt(major, 16), parseInt(minor, 16)) !== status.dev) continue;
    return { pid: Number(pid), is: stateOf(Number(pid)) };
  }
  return null;
}

/** As makedev(3) of Linux puts the two together, for the numbers that a disk can have. */
function deviceNumber(major: number, minor: number): number {
  return (minor & 0xff) + ((major & 0xfff) << 8) + (minor >> 8) * 2 ** 20;
}

/** proc_pid_stat(5): the third field, behind a name that may hold anything but ends with the last `)`. */
function stateOf(pid: number): LockHolder["is"] {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return "unknown";
  const letter = text.slice(text.lastIndexOf(")") + 2, text.lastIndexOf(")") + 3);
  return /[Tt]/.test(letter) ? "stopped" : "running";
}

function readText(path: string): string | null {
  const content = readRegularFile(path, limits.kernelTableBytes);
  return content instanceof Failure ? null : Buffer.from(content).toString("utf8");
}
