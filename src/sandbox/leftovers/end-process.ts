/**
 * leftovers/end-process: the end of one process that a record names, and of the server processes that it left behind.
 *
 * Asked to quit, then killed, each by number and start time, and waited for. Nothing else ever gets a signal. Called by
 * the providers and sweep.ts.
 */
import * as fs from "node:fs";
import { sleep, stopwatch } from "../../kernel/clock.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";
import { identifyProcess, isRunning, signalProcess } from "./process-identity.ts";
import type { ProcessResource } from "./resource.ts";

/** Null once neither it nor any of the others runs; else what still does. The others are killed only with SIGKILL. */
export async function endProcess(
  server: ProcessResource,
  others: () => readonly number[] = () => [],
): Promise<string | null> {
  for (const signal of ["SIGQUIT", "SIGKILL"] as const) {
    const all = [server, ...identified(others())].filter(({ pid }) => signal === "SIGKILL" || pid === server.pid);
    const refused = all.filter((one) => signalProcess(one, signal) === "refused");
    if (refused.length > 0) return `the system does not let us end process ${refused.map(({ pid }) => pid).join(", ")}`;
    const elapsed = stopwatch();
    while (elapsed() < limits.sandboxStopTimeoutMs) {
      if (!isRunning(server) && others().length === 0) return null;
      await sleep(limits.sandboxPollMs);
    }
  }
  return `still running after SIGKILL: ${[server.pid, ...others()].join(", ")}`;
}

function identified(pids: readonly number[]): readonly ProcessResource[] {
  return pids.flatMap((pid) => identifyProcess(pid) ?? []);
}

/** The numbers of the PostgreSQL processes that work in this directory: each process of a cluster does, in its own. */
export function serverProcessesIn(data: string): readonly number[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && linkOf(`/proc/${name}/cwd`) === data)
    .filter((name) => /\/postgres( \(deleted\))?$/.test(linkOf(`/proc/${name}/exe`)))
    .map(Number);
}

/** Of a process that has ended, or that we may not look at, nothing is known. */
function linkOf(path: string): string {
  try {
    return fs.readlinkSync(path);
  } catch (error) {
    errnoOf(error);
    return "";
  }
}
