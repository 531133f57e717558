/**
 * server-ended: whether the throwaway server itself has ended, where a session of ours on it could not be had.
 *
 * That a connection failed says only that; of a server that this program started its processes are known by number and
 * start time, and its log says what was fatal. Starts and ends nothing. Called by the step C-10.
 */
import { Failure, type FailureCode } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { isRunning } from "./leftovers/process-identity.ts";
import { describeResource } from "./leftovers/resource.ts";
import { logLength, parseLog, readLog } from "./measure/server-log.ts";
import type { RunningServer } from "./providers/provider.ts";
import { caught } from "./thrown.ts";

const UNREACHED: ReadonlySet<FailureCode> = new Set(["CONNECT_FAILED", "SESSION_LOST"]);

/** SANDBOX_SERVER_FAILED where it is the server's end that it failed for; else the failure as it came. */
export async function orServerEnded(server: RunningServer, failure: Failure): Promise<Failure> {
  if (!UNREACHED.has(failure.code)) return failure;
  const gone = server.owned().filter((one) => one.kind === "process" && !isRunning(one));
  const how = gone.length === 0 ? "does not answer any more" : `has ended (${gone.map(describeResource).join(", ")})`;
  const said = await caught("the end of its log", () => fatalWords(server));
  const words = said instanceof Failure ? said.message : said;
  const message = `the throwaway server ${server.name} ${how} while it was in use: ${words}; ${failure.message}`;
  return new Failure("SANDBOX_SERVER_FAILED", message, {
    hint: "Find out what ended it (a signal, the kernel when memory ran out, a full disk), then run it again.",
    facts: { server: server.name, log: server.logFile },
    cause: failure,
  });
}

/** The last of what it called fatal. */
function fatalWords({ logFile }: RunningServer): string {
  if (logFile === null) return "it writes no log";
  const entries = parseLog(readLog(logFile, Math.max(0, logLength(logFile) - limits.sandboxLogEndBytes)));
  const fatal = entries.filter(({ level }) => level === "PANIC" || level === "FATAL").at(-1);
  return fatal === undefined ? "its log does not say why" : `${fatal.level}: ${fatal.text.split("\n")[0]}`;
}
