/**
 * measure/instances: the PostgreSQL servers of this host that a sandbox must leave alone, each by its exact identity.
 *
 * By /proc: number, start time and data directory of each postmaster. What this very sandbox started is not among them,
 * by the number and the start time that it wrote down; nor is what another sandbox started, which ends when that does,
 * by the marker above its data: such a one is told. Any other is somebody's, wherever it lies. Reads only; connects to
 * nothing. Called by the steps C-01, C-08 and C-13.
 */
import * as fs from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Environment } from "../../kernel/conninfo/naming.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";
import { isOfSandbox } from "../leftovers/marked-directory.ts";
import { identifyProcess, parentOf } from "../leftovers/process-identity.ts";
import type { ProcessResource, Resource } from "../leftovers/resource.ts";
import { scanContainers } from "./containers.ts";

export type Instance = { readonly pid: number; readonly startTime: string; readonly directory: string };

export type InstanceScan = {
  readonly instances: readonly Instance[];
  /** Hostname and boot: empty where the system does not tell. */
  readonly host: string;
  /** Servers that are there and could not be identified, and an engine that could not be asked. */
  readonly unknown: readonly string[];
  readonly how: string;
  /** Of docker: a server in one of them is protected with it. */
  readonly containers: readonly string[];
  /** Servers and containers of other sandboxes, which need not stay. */
  readonly throwaway: readonly string[];
};

export type ProcessTable = {
  /** Numbers of all processes. */
  readonly pids: readonly number[];
  /** Words of a process's command line; null where it has ended. */
  words(pid: number): readonly string[] | null;
  /** Null where it has ended. */
  parent(pid: number): number | null;
  /** `its own`: another root directory than ours, as in a container. */
  root(pid: number): "ours" | "its own";
  /** The directory that it works in: a postmaster's is its data directory. Null where that may not be read. */
  directory(pid: number): string | null;
};

/** Servers and containers of this host, but for what is on the sandbox's own record. */
export async function scanHost(environment: Environment, own: readonly Resource[]): Promise<InstanceScan> {
  const { lines, throwaway, how, unknown } = await scanContainers(environment, own);
  const scan = scanInstances(own);
  return {
    ...{ ...scan, containers: lines, throwaway: [...scan.throwaway, ...throwaway] },
    ...{ how: `${scan.how}; ${how}`, unknown: [...scan.unknown, ...unknown] },
  };
}

/** One line for each thing that has to stay as it is. */
export function protectedLines({ instances, containers }: InstanceScan): readonly string[] {
  return [...instances.map(nameOfInstance), ...containers];
}

export function scanInstances(own: readonly Resource[], table: ProcessTable = procTable()): InstanceScan {
  const found = table.pids.filter((pid) => isServer(table, pid) && table.root(pid) === "ours");
  const unknown: string[] = [];
  const others = found.flatMap((pid): Instance[] => {
    const directory = dataDirectory(table, pid);
    const process = identifyProcess(pid);
    if (process !== null && isOwn(process, own)) return [];
    if (process !== null) return [{ pid, startTime: process.startTime, directory: directory ?? "an unknown place" }];
    // It may have ended while we looked: then it has no words any more, or none of a server.
    if (isServer(table, pid)) unknown.push(`process ${pid}`);
    return [];
  });
  const boot = identifyProcess(globalThis.process.pid)?.bootId;
  const host = boot === undefined ? "" : `${hostname()}, boot ${boot}`;
  const isThrowaway = ({ directory }: Instance): boolean => isOfSandbox(dirname(directory));
  return {
    instances: others.filter((one) => !isThrowaway(one)),
    throwaway: others.filter(isThrowaway).map((one) => `${nameOfInstance(one)}, of another sandbox`),
    host,
    unknown,
    how: `${table.pids.length} processes in /proc`,
    containers: [],
  };
}

function isOwn({ pid, startTime }: ProcessResource, own: readonly Resource[]): boolean {
  return own.some((one) => one.kind === "process" && one.pid === pid && one.startTime === startTime);
}

function nameOfInstance({ pid, startTime, directory }: Instance): string {
  return `process ${pid}, begun at tick ${startTime}, data in ${directory}`;
}

/** What a postmaster has just forked has its words still: that is a session of it, and ends with that. */
function isServer(table: ProcessTable, pid: number): boolean {
  const words = table.words(pid);
  if (!isPostmaster(words)) return false;
  const parent = table.parent(pid);
  return parent === null || !isDeepStrictEqual(table.words(parent), words);
}

/** The first word of a backend is `postgres: …`; a postmaster's is the program. What initdb runs serves nobody. */
function isPostmaster(words: readonly string[] | null): boolean {
  const [program = "", first = ""] = words ?? [];
  return /(?:^|\/)(?:postgres|postmaster)$/.test(program) && !NO_SERVER.test(first);
}

/** Modes of the program in which it is no server. */
const NO_SERVER = /^(?:--(?:boot|single|check|describe-config|version|help)|-[VC?])/;

function dataDirectory(table: ProcessTable, pid: number): string | null {
  const words = table.words(pid) ?? [];
  const at = words.indexOf("-D");
  const named = at === -1 ? null : (words[at + 1] ?? null);
  // One that has just begun is not in its directory yet.
  return named?.startsWith("/") === true ? named : (table.directory(pid) ?? named);
}

function procTable(): ProcessTable {
  const pids = fs.readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  return {
    pids,
    words: (pid) => attempt(() => wordsOf(fs.readFileSync(`/proc/${pid}/cmdline`))),
    parent: parentOf,
    root: (pid) => (attempt(() => isOurRoot(pid)) === false ? "its own" : "ours"),
    directory: (pid) => attempt(() => fs.readlinkSync(`/proc/${pid}/cwd`)),
  };
}

/** The link says `/` in a container too: only what it leads to tells. */
function isOurRoot(pid: number): boolean {
  const [its, ours] = [fs.statSync(`/proc/${pid}/root/`), fs.statSync("/")];
  return its.dev === ours.dev && its.ino === ours.ino;
}

function wordsOf(line: Buffer): readonly string[] {
  return line.subarray(0, limits.processFileBytes).toString("utf8").split("\0");
}

/** Null where the process has ended, or is somebody else's and does not show it. */
function attempt<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    errnoOf(error);
    return null;
  }
}
