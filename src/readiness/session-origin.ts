/**
 * session-origin: whether a person started this process, or cron, or a unit of systemd; with what shows it.
 *
 * Judges by ancestors and control group (orchestrator.md §4, G1), never by environment variables, which anybody sets.
 * A missing terminal is reported and refuses nothing. Called by the gate G1 and by the doctor.
 */
import { existsSync } from "node:fs";
import { type Ancestor, type ProcessTree, readProcessTree } from "./session-origin/process-tree.ts";

export type SessionOrigin = {
  readonly verdict: "interactive" | "cron" | "systemd unit" | "container" | "not known here";
  /** What it was: `sshd`, `pts/3`, `cron`, the unit's name, the container's mark; null where it is not known. */
  readonly name: string | null;
  /** Controlling terminal, e.g. `pts/3`; null where there is none. */
  readonly terminal: string | null;
  /** What shows that this is a container, whatever the verdict; null where nothing does. */
  readonly container: string | null;
  /** Nearest first. */
  readonly ancestors: readonly Ancestor[];
  /** Lines of /proc/PID/cgroup. */
  readonly cgroups: readonly string[];
  /** Sentences: all that was seen and speaks for the verdict or against it. */
  readonly evidence: readonly string[];
};

export type OriginPlaces = {
  readonly pid?: number;
  /** /proc but in tests. */
  readonly proc?: string;
  /** Files that only a container has. */
  readonly containerMarks?: readonly string[];
};

const CONTAINER_MARKS = ["/.dockerenv", "/run/.containerenv", "/run/systemd/container"];

/** Never fails: what cannot be seen is "not known here". */
export function readSessionOrigin(places: OriginPlaces = {}): SessionOrigin {
  const { pid = process.pid, proc = "/proc", containerMarks = CONTAINER_MARKS } = places;
  const tree = readProcessTree(proc, pid);
  const mark = containerMarks.find((path) => existsSync(path)) ?? null;
  if (typeof tree === "string") return { ...NOTHING_KNOWN, container: mark, evidence: [tree] };
  const container = mark ?? containerGroup(tree.cgroups);
  const { ancestors, terminal, cgroups } = tree;
  const [verdict, name] = judge(tree, container);
  return { verdict, name, terminal, container, ancestors, cgroups, evidence: evidenceOf(tree, container) };
}

const NOTHING_KNOWN = { verdict: "not known here", name: null, terminal: null, ancestors: [], cgroups: [] } as const;

const CRON = /^(cron|crond|anacron|atd|fcron)$/i;
const REMOTE_LOGIN = /^(sshd|sshd-session|dropbear|mosh-server)$/;
/** tmux calls its server `tmux: server`; screen's is `screen`, in capitals on its command line. */
const MULTIPLEXER = /^(tmux|screen)\b/i;

/** The nearest of cron and ssh decides: a job may log in elsewhere, and nobody's login starts cron. */
function judge(tree: ProcessTree, container: string | null): [SessionOrigin["verdict"], string | null] {
  const nearest = tree.ancestors.find(({ comm }) => CRON.test(comm) || REMOTE_LOGIN.test(comm));
  if (nearest !== undefined) return [CRON.test(nearest.comm) ? "cron" : "interactive", nearest.comm];
  const unit = unitOf(tree.cgroups);
  // A job that outlived its parents is still in the group of cron's unit.
  if (unit !== null) return [CRON.test(unit.replace(/\.service$/, "")) ? "cron" : "systemd unit", unit];
  const multiplexer = tree.ancestors.find(({ comm }) => MULTIPLEXER.test(comm));
  if (multiplexer !== undefined) return ["interactive", multiplexer.comm];
  if (tree.terminal !== null) return ["interactive", tree.terminal];
  const shell = tree.ancestors.find(isLoginShell);
  if (shell !== undefined) return ["interactive", shell.program];
  return container === null ? ["not known here", null] : ["container", container];
}

function isLoginShell({ program }: Ancestor): boolean {
  return program !== null && /^-\w*sh$/.test(program);
}

/** Services that log a person in, and the manager of a person's own units: being in their group is no unit. */
const LOGIN_SERVICE =
  /^(user@\d+|sshd?|sshd?@.*|dropbear|dropbear@.*|(serial-|console-|container-)?getty@?.*)\.service$/;

/** The unit that the process belongs to, or null for a session; the deepest group decides (systemd.slice(5)). */
function unitOf(cgroups: readonly string[]): string | null {
  for (const path of systemdGroups(cgroups)) {
    const deepest = path.split("/").findLast((part) => part.endsWith(".service") || /^session-.*\.scope$/.test(part));
    if (deepest?.endsWith(".service") && !LOGIN_SERVICE.test(deepest)) return deepest;
  }
  return null;
}

/** `0::/path` of the one hierarchy, `1:name=systemd:/path` of systemd's own in older systems. */
function systemdGroups(cgroups: readonly string[]): string[] {
  return cgroups.flatMap((line) => {
    const [, path] = /^\d+:(?:name=systemd)?:(.*)$/.exec(line) ?? [];
    return path === undefined ? [] : [path];
  });
}

const CONTAINER_GROUP = /\/(docker|libpod|lxc|kubepods|containerd|crio|machine\.slice)\b/;

function containerGroup(cgroups: readonly string[]): string | null {
  return cgroups.find((line) => CONTAINER_GROUP.test(line)) ?? null;
}

function evidenceOf({ ancestors, cut, terminal, cgroups }: ProcessTree, container: string | null): string[] {
  const speaking = ancestors.filter((ancestor) => {
    const { comm } = ancestor;
    return CRON.test(comm) || REMOTE_LOGIN.test(comm) || MULTIPLEXER.test(comm) || isLoginShell(ancestor);
  });
  return [
    terminal === null ? "it has no controlling terminal" : `its controlling terminal is ${terminal}`,
    ...speaking.map(({ pid, comm, program }) => `process ${pid} above it is ${comm} (${program ?? "no command line"})`),
    ...systemdGroups(cgroups).map((path) => `its control group is ${path}`),
    ...(container === null ? [] : [`this is a container: ${container}`]),
    ...(cut === null ? [] : [`the list of its ancestors ends early: ${cut}`]),
  ];
}
