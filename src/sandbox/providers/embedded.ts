/**
 * embedded: the engine that cutter carries, as the server of a sandbox that needs nothing installed.
 *
 * Each session is a fresh copy of the same snapshot, in memory, and one at a time: what it lacks is listed, and a
 * scenario that needs it is reported as not run, never as passed. It cannot be stand-in production, whose system
 * identifier has to be its own. Called by the steps through the Provider interface.
 */
import type { EmbeddedTarget } from "../../kernel/conninfo/target.ts";
import { engineMissing } from "../../kernel/embedded/carried.ts";
import { Failure } from "../../kernel/failure.ts";
import { askServer } from "./first-answer.ts";
import { tcpListenersOf } from "./isolation.ts";
import type { Capability, Isolation, Provider, RunningServer, StartOrder } from "./provider.ts";

const LACKS: readonly Capability[] = [
  ...(["second session", "lasting data", "role logins", "client programs", "server log", "own identity"] as const),
];

const TARGET: EmbeddedTarget = { kind: "embedded", source: "--embedded" };

export function embeddedProvider(): Provider {
  return {
    name: "embedded",
    lacks: LACKS,
    unavailable: async () => {
      const missing = engineMissing();
      return missing === null ? null : unavailable(missing.message);
    },
    // It is WebAssembly that is handed a file system in memory, and no socket.
    unclosed: async () => null,
    // It has no name that another could have.
    taken: async () => [],
    start,
  };
}

async function start(order: StartOrder): Promise<RunningServer | Failure> {
  if (order.cluster === "fresh") return unavailable("each copy of its snapshot has the same system identifier");
  // It writes no log, so settings of the log change nothing; any other would be ignored silently.
  const setting = Object.keys(order.settings).find((name) => !name.startsWith("log_"));
  if (setting !== undefined) return unavailable(`it cannot be started with ${setting}`);
  const answer = await askServer(TARGET);
  if (answer instanceof Failure) return answer;
  return {
    ...{ name: order.name, provider: "embedded", lacks: LACKS, version: answer.version, logFile: null },
    target: () => TARGET,
    url: () => null,
    client: () => null,
    isolation: async () => isolation(),
    owned: () => [],
    stop: async () => ({ removed: [], left: [], trouble: null }),
  };
}

/** A single-user engine opens no socket: what would listen is this process. */
function isolation(): Isolation | Failure {
  const tcpListeners = tcpListenersOf([process.pid]);
  if (tcpListeners instanceof Failure) return tcpListeners;
  const asked = "/proc/PID/fd and /proc/PID/net/tcp of this process, in which the engine runs";
  return { listenAddresses: "", tcpListeners, publishedPorts: [], networks: [], waysOut: [], asked };
}

function unavailable(reason: string): Failure {
  return new Failure("SANDBOX_PROVIDER_UNAVAILABLE", `the embedded engine cannot be used: ${reason}`);
}
