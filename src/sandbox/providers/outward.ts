/**
 * providers/outward: what of this host a process reaches, by the kernel's own account: networks, sockets of others,
 * their processes and memory, and what it may write to.
 *
 * Reads proc(5) only, of the process itself and not of how it was started. What cannot be read is a Failure, never
 * "nothing". Called by the providers; the judgement is the gates'.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import { readRegularFile } from "../../kernel/private-files/file.ts";
import type { Place } from "./place.ts";

/** Each way out of a process, as a sentence; empty where there is none. `own`: where it may write, and its sockets. */
export function waysOutOf(pid: number, own: Own): readonly string[] | Failure {
  try {
    const [networks, tree] = [sameLink(pid, "ns/net"), sameTree(pid)];
    const interfaces = interfacesOf(pid);
    if (interfaces instanceof Failure) return interfaces;
    const writable = writableMounts(pid, own);
    if (writable instanceof Failure) return writable;
    const sockets = socketsOfHost();
    if (sockets instanceof Failure) return sockets;
    const foreign = sockets.filter((path) => !path.startsWith(join(own.home, "/")));
    return [
      ...(networks ? ["it is in the network namespace of this host"] : []),
      ...(sameLink(pid, "ns/pid") ? ["it is in the table of processes of this host"] : []),
      ...(sameLink(pid, "ns/ipc") ? ["it shares memory with processes of this host"] : []),
      ...writable.map((mount) => `it may write to ${mount}`),
      ...interfaces.map((name) => `it has the network interface ${name}`),
      ...(tree ? ["it sees the directories of this host"] : []),
      ...foreign.filter((path) => isSeenBy(pid, path)).map((path) => `it can connect to the socket ${path}`),
    ];
  } catch (error) {
    return unknown(pid, error);
  }
}

type Own = Pick<Place, "home" | "data" | "socket">;

function unknown(pid: number, error: unknown): Failure {
  return new Failure("SANDBOX_SERVER_FAILED", failedCall(`see what process ${pid} could connect to`, error));
}

function sameLink(pid: number, name: string): boolean {
  return fs.readlinkSync(`/proc/${pid}/${name}`) === fs.readlinkSync(`/proc/self/${name}`);
}

function sameTree(pid: number): boolean {
  return isSame(fs.statSync(`/proc/${pid}/root/`), fs.statSync("/"));
}

function isSame(one: fs.Stats, other: fs.Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

/** All but the loopback of its own namespace, in which nobody else is. */
function interfacesOf(pid: number): readonly string[] | Failure {
  const table = readTable(`/proc/${pid}/net/dev`);
  if (table instanceof Failure) return table;
  const names = table.split("\n").flatMap((line) => /^\s*([^\s:|]+):/.exec(line)?.[1] ?? []);
  return names.filter((name) => name !== "lo");
}

/** Paths of the unix sockets that somebody of our namespace has bound; abstract ones stay in their namespace. */
function socketsOfHost(): readonly string[] | Failure {
  const table = readTable("/proc/net/unix");
  if (table instanceof Failure) return table;
  return [...new Set(table.split("\n").flatMap((line) => / (\/.*)$/.exec(line)?.[1] ?? []))].sort();
}

/** What is mounted from the host and not read-only, but for its own and devices. */
function writableMounts(pid: number, own: Own): readonly string[] | Failure {
  const table = readTable(`/proc/${pid}/mountinfo`);
  return table instanceof Failure ? table : writableIn(table, own);
}

/** Of a table as proc_pid_mountinfo(5) shows it. */
export function writableIn(table: string, own: Own): readonly string[] {
  return table.split("\n").flatMap((line) => {
    const [, , , , escaped = "", options = "", ...rest] = line.split(" ");
    const point = escaped.replaceAll(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    const kind = rest[rest.indexOf("-") + 1] ?? "";
    if (point === "" || options.split(",").includes("ro")) return [];
    const isOwn = point === own.data || point === own.socket || /^\/dev\/(?:null|zero|u?random)$/.test(point);
    // Made for it when it was closed; a file system in memory anywhere else is the host's.
    const isMade = kind === "tmpfs" ? point === "/" || point === "/dev/shm" : kind === "proc" && point === "/proc";
    return isOwn || isMade ? [] : [point];
  });
}

/** The same file, whichever way it gets there. */
function isSeenBy(pid: number, path: string): boolean {
  const [here, there] = [path, `/proc/${pid}/root${path}`].map(statusOf);
  return here !== undefined && there !== undefined && here.isSocket() && isSame(here, there);
}

function statusOf(path: string): fs.Stats | undefined {
  try {
    return fs.statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // What we may not enter, the server's user may not either; it has no right that we lack.
    if (errnoOf(error) === "EACCES" || errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function readTable(path: string): string | Failure {
  const content = readRegularFile(path, limits.kernelTableBytes);
  if (!(content instanceof Failure)) return Buffer.from(content).toString("utf8");
  return new Failure("SANDBOX_SERVER_FAILED", content.message, { cause: content });
}
