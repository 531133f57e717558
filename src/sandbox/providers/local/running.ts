/**
 * local/running: a local server that answers, as the steps see it, and its end.
 *
 * Ends one process by number and start time, and removes one directory by name and marker. Called by local.ts.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { turnOfEvents } from "../../../kernel/clock.ts";
import type { ServerTarget } from "../../../kernel/conninfo/target.ts";
import { Failure } from "../../../kernel/failure.ts";
import { endProcess } from "../../leftovers/end-process.ts";
import { removeMarkedDirectory } from "../../leftovers/marked-directory.ts";
import { descendantsOf, isRunning } from "../../leftovers/process-identity.ts";
import { type Removal, removeAll, type StopReport } from "../../leftovers/removal.ts";
import type { ProcessResource, Resource } from "../../leftovers/resource.ts";
import { askServer } from "../first-answer.ts";
import { tcpListenersOf } from "../isolation.ts";
import { waysOutOf } from "../outward.ts";
import type { Place } from "../place.ts";
import {
  type ClientName,
  type ClientProgram,
  FIRST_DATABASE,
  type Isolation,
  type Login,
  type RunningServer,
  type StartOrder,
  SUPERUSER,
} from "../provider.ts";
import { type SocketPlace, socketEnvironment, socketTarget, socketUrl } from "../socket-target.ts";

export type LocalParts = {
  readonly order: StartOrder;
  readonly place: Place;
  readonly logFile: string;
  /** Of the programs of the server's own version. */
  readonly folder: string;
  /** Null before it was started, and once it has ended. */
  process: ProcessResource | null;
  /** Whether it can reach nothing: then the process above is unshare, and the server its child. */
  readonly closed: "yes" | "no";
  /** Work for whoever comes next, which the end of this server does not wait for. */
  refill: Background | null;
};

export type Background = { readonly ended: Promise<Failure | null>; giveUp(): void };

export function inBackground(work: (signal: AbortSignal) => Promise<Failure | null>): Background {
  const ending = new AbortController();
  return { ended: work(ending.signal), giveUp: () => ending.abort() };
}

export function runningLocal(parts: LocalParts, version: string): RunningServer {
  const { order, logFile } = parts;
  const place = socketPlace(parts);
  return {
    ...{ name: order.name, provider: "local", lacks: [], version, logFile },
    target: (login) => socketTarget(place, login),
    url: (login) => socketUrl(place, login),
    client: (program, login) => client(parts, program, login),
    isolation: () => isolation(parts),
    owned: () => owned(parts),
    stop: () => stopLocal(parts),
  };
}

export function localTarget(parts: LocalParts, login: Login): ServerTarget {
  return socketTarget(socketPlace(parts), login);
}

function socketPlace({ order, place }: LocalParts): SocketPlace {
  return { server: order.name, directory: place.door, passwords: order.passwords };
}

function client(parts: LocalParts, program: ClientName, login: Login): ClientProgram | null {
  const path = join(parts.folder, program);
  if (!fs.existsSync(path)) return null;
  return { command: [path], environment: socketEnvironment(socketPlace(parts), login, process.env) };
}

async function isolation(parts: LocalParts): Promise<Isolation | Failure> {
  const answer = await askServer(localTarget(parts, { role: SUPERUSER, database: FIRST_DATABASE }));
  if (answer instanceof Failure) return answer;
  if (parts.process === null || !isRunning(parts.process)) {
    return new Failure("SANDBOX_SERVER_FAILED", `the process of ${parts.order.name} has ended`);
  }
  const pids = [parts.process, ...descendantsOf(parts.process.pid)].map(({ pid }) => pid);
  const tcpListeners = tcpListenersOf(pids);
  if (tcpListeners instanceof Failure) return tcpListeners;
  const waysOut = waysOutOf(postmasterOf(parts, parts.process), parts.place);
  if (waysOut instanceof Failure) return waysOut;
  const kernel = `/proc/PID/fd and /proc/PID/net/tcp of its ${pids.length} processes; its namespaces, mounts, sockets`;
  const asked = `listen_addresses of the server; ${kernel}`;
  return { listenAddresses: answer.listenAddresses, tcpListeners, publishedPorts: [], networks: [], waysOut, asked };
}

/** Behind unshare, which waits for it, where the server is closed. */
function postmasterOf({ closed }: LocalParts, { pid }: ProcessResource): number {
  return closed === "no" ? pid : (descendantsOf(pid)[0]?.pid ?? pid);
}

function owned({ process, place }: LocalParts): readonly Resource[] {
  return [...(process === null ? [] : [process]), ...(fs.existsSync(place.home) ? [directoryOf(place)] : [])];
}

function directoryOf({ home }: Place): Resource {
  return { kind: "directory", path: home };
}

/** The directory stays while a process may still write into it. */
export async function stopLocal(parts: LocalParts): Promise<StopReport> {
  const { place, order, process } = parts;
  const trouble = await endRefill(parts);
  const removals: Removal[] = [];
  if (process !== null) removals.push({ resource: process, remove: () => endServer(parts, process) });
  removals.push({
    resource: directoryOf(place),
    remove: async () => {
      if (parts.process !== null) return `process ${parts.process.pid} may still use it`;
      return removeMarkedDirectory(place.home, order.record.token);
    },
  });
  const report = await removeAll(removals, order.record);
  return { ...report, trouble: report.trouble ?? trouble };
}

/** One that is given up leaves nothing in the cache, and that is no trouble. */
async function endRefill(parts: LocalParts): Promise<Failure | null> {
  const { refill } = parts;
  parts.refill = null;
  const early = await Promise.race([refill?.ended, turnOfEvents().then(() => "running" as const)]);
  if (early !== "running") return early ?? null;
  refill?.giveUp();
  await refill?.ended;
  return null;
}

async function endServer(parts: LocalParts, process: ProcessResource): Promise<string | null> {
  const reason = await endProcess(process);
  if (reason === null) parts.process = null;
  return reason;
}
