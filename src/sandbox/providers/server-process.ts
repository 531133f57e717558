/**
 * providers/server-process: the process of a server, from before it is one until nothing of it runs.
 *
 * A shell waits until its number is written down, then becomes setpriv and the server: the process is recorded before
 * it does anything. It dies with this process, by the kernel. Called by local and docker.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { counted } from "../../kernel/child-process.ts";
import { sleep, stopwatch } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import { processEnding } from "../../kernel/session/registry.ts";
import { identifyProcess, isRunning } from "../leftovers/process-identity.ts";
import type { LeftoverRecord } from "../leftovers/record.ts";
import type { ProcessResource } from "../leftovers/resource.ts";
import { lastWords } from "./run-as.ts";

export type ServerOrder = {
  /** Of the server and of what starts it; the first word is looked for in PATH. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A new file of ours, which the server writes into without being able to open it. */
  readonly logFile: string;
  readonly record: LeftoverRecord;
};

/** Reads one line, and nothing where the writer died: then it ends without having started anything. */
const GATE = 'read -r go && exec "$@"';

const SERVES = "until stopped";
type Gated = Bun.SpawnOptions.OptionsObject<"pipe", number, number>;

/** The process, which may not accept connections yet. SANDBOX_SERVER_FAILED; FILE_EXISTS; FILE_WRITE_FAILED. */
export async function startServerProcess(order: ServerOrder): Promise<ProcessResource | Failure> {
  const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = fs.constants;
  let log: number;
  try {
    log = fs.openSync(order.logFile, O_APPEND | O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  } catch (error) {
    const code = errnoOf(error) === "EEXIST" ? "FILE_EXISTS" : "FILE_WRITE_FAILED";
    return new Failure(code, failedCall(`make ${order.logFile}`, error), { cause: error });
  }
  try {
    const options = { cwd: "/", env: order.environment, stdio: ["pipe", log, log], detached: true } satisfies Gated;
    const child = counted(Bun.spawn(["/bin/sh", "-c", GATE, "sh", ...order.command], options), order.command, SERVES);
    child.unref();
    const identity = identifyProcess(child.pid);
    const noted = identity === null ? unidentified(child.pid) : order.record.add(identity);
    if (noted === null) child.stdin.write("go\n");
    await child.stdin.end();
    return noted ?? (identity as ProcessResource);
  } catch (error) {
    return new Failure("SANDBOX_SERVER_FAILED", failedCall("start /bin/sh", error), { cause: error });
  } finally {
    fs.closeSync(log);
  }
}

function unidentified(pid: number): Failure {
  return new Failure("SANDBOX_SERVER_FAILED", `/proc does not tell which process ${pid} is, so it was not let go on`);
}

type Waiting = {
  readonly data: string;
  readonly logFile: string;
  readonly timeoutMs: number;
  /** Its own number, where it is in a table of processes of its own. */
  readonly pidInside?: number | undefined;
};

/** Null once the server says that it takes connections. SANDBOX_SERVER_FAILED with the end of its log. */
export async function waitUntilReady(
  server: ProcessResource,
  { data, logFile, timeoutMs, pidInside }: Waiting,
): Promise<Failure | null> {
  const elapsed = stopwatch();
  while (elapsed() < timeoutMs) {
    if (statusOf(data, pidInside ?? server.pid) === "ready") return null;
    if (!isRunning(server)) return notReady("it ended", logFile);
    if (processEnding.aborted) return processEnding.reason as Failure;
    await sleep(limits.sandboxPollMs);
  }
  return notReady(`it was not ready after ${timeoutMs} ms`, logFile);
}

/** Lines 1 and 8 of postmaster.pid: whose it is, and its status. */
function statusOf(data: string, pid: number): string | null {
  try {
    const lines = fs.readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
    return lines[0] === `${pid}` ? (lines[7]?.trim() ?? null) : null;
  } catch (error) {
    errnoOf(error);
    return null;
  }
}

export function notReady(reason: string, logFile: string): Failure {
  const words = fs.readFileSync(logFile, "utf8").slice(-2 * limits.sandboxLogCharacters);
  return new Failure("SANDBOX_SERVER_FAILED", `the server did not start: ${reason}: ${lastWords(words)}`, {
    facts: { log: logFile },
  });
}
