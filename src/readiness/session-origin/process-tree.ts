/**
 * session-origin/process-tree: a process, its ancestors, its terminal and its control groups, from /proc.
 *
 * Reads proc(5) only, bounded. Of a command line only the first word is kept: the others may hold a password. What
 * cannot be read ends the list with the reason. Called by session-origin.ts.
 */
import { join } from "node:path";
import { boundedText } from "../../kernel/evidence/bounded-text.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { readRegularFile } from "../../kernel/private-files/file.ts";

export type Ancestor = {
  readonly pid: number;
  /** The name that the kernel keeps, at most 15 bytes; it may hold spaces and parentheses. */
  readonly comm: string;
  /** The first word of the command line; `-bash` is a login shell. Null where it has none or may not be read. */
  readonly program: string | null;
};

export type ProcessTree = {
  /** Nearest first, without the process itself. */
  readonly ancestors: readonly Ancestor[];
  /** Where the list ends early, e.g. `process 7 cannot be read: ENOENT`; null where it reaches the first process. */
  readonly cut: string | null;
  /** Controlling terminal, e.g. `pts/3`; null where there is none. */
  readonly terminal: string | null;
  /** Lines of its cgroup file, or empty. */
  readonly cgroups: readonly string[];
};

/** The tree above a process; or, as a string, why it is not known. */
export function readProcessTree(proc: string, pid: number): ProcessTree | string {
  const self = readStat(proc, pid);
  if (typeof self === "string") return self;
  const cgroups = readProcessFile(join(proc, `${pid}`, "cgroup"));
  return {
    ...ancestorsOf(proc, self.parent),
    terminal: terminalName(self.terminal),
    cgroups: cgroups instanceof Failure ? [] : cgroups.split("\n").filter((line) => line !== ""),
  };
}

function ancestorsOf(proc: string, first: number): Pick<ProcessTree, "ancestors" | "cut"> {
  const ancestors: Ancestor[] = [];
  let pid = first;
  while (pid !== 0) {
    const stat = readStat(proc, pid);
    if (typeof stat === "string") return { ancestors, cut: stat };
    if (ancestors.length >= limits.ancestors) return { ancestors, cut: `more than ${limits.ancestors} ancestors` };
    ancestors.push({ pid, comm: stat.comm, program: firstWord(proc, pid) });
    pid = stat.parent;
  }
  return { ancestors, cut: null };
}

type Stat = { readonly comm: string; readonly parent: number; readonly terminal: number };

/** `7 (name) S 1 …`: the name may hold anything, so it ends at the last parenthesis of the line. */
function readStat(proc: string, pid: number): Stat | string {
  const text = readProcessFile(join(proc, `${pid}`, "stat"));
  if (text instanceof Failure) return `process ${pid} cannot be read: ${text.facts.errno ?? text.message}`;
  const open = text.indexOf("(");
  const close = text.lastIndexOf(")");
  const [, parent, , , terminal] = text.slice(close + 2).split(" ");
  if (open === -1 || close < open || !/^\d+$/.test(parent ?? "") || !/^-?\d+$/.test(terminal ?? "")) {
    return `process ${pid} cannot be read: its stat has another form`;
  }
  return { comm: text.slice(open + 1, close), parent: Number(parent), terminal: Number(terminal) };
}

function firstWord(proc: string, pid: number): string | null {
  const text = readProcessFile(join(proc, `${pid}`, "cmdline"));
  if (text instanceof Failure || text === "") return null;
  return boundedText(text.split("\0", 1)[0] ?? "", limits.evidenceLineCharacters);
}

function readProcessFile(path: string): string | Failure {
  const bytes = readRegularFile(path, limits.processFileBytes);
  return bytes instanceof Failure ? bytes : Buffer.from(bytes).toString("utf8");
}

const PSEUDO_TERMINAL = 136;
const VIRTUAL_TERMINAL = 4;
const FIRST_SERIAL = 64;

/** Minor number in bits 31 to 20 and 7 to 0, major in 15 to 8 (proc_pid_stat(5)); 0 is no terminal. */
function terminalName(device: number): string | null {
  if (device === 0) return null;
  const major = (device >>> 8) & 0xff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  if (major === PSEUDO_TERMINAL) return `pts/${minor}`;
  if (major === VIRTUAL_TERMINAL) return minor < FIRST_SERIAL ? `tty${minor}` : `ttyS${minor - FIRST_SERIAL}`;
  return `device ${major}:${minor}`;
}
