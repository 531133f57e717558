/**
 * embedded: the engine that cutter carries, as the server of a sandbox that needs no PostgreSQL on the host.
 *
 * Each server is an engine of its own, in memory, that lives until it is stopped: a fresh cluster by initdb, with a
 * system identifier of its own, or a copy of the reference database as it was built in. It has one session at a time
 * and nobody logs in to it: what it lacks is listed, and a scenario that needs that is reported as not run, never as
 * passed. initdb takes up to a gigabyte of this process's memory for some seconds. Called by the steps through the
 * Provider interface.
 */
import type { EmbeddedTarget } from "../../kernel/conninfo/target.ts";
import { engineMissing } from "../../kernel/embedded/carried.ts";
import { type LastingEngine, startLastingEngine } from "../../kernel/embedded/lasting.ts";
import { Failure } from "../../kernel/failure.ts";
import type { StopReport } from "../leftovers/removal.ts";
import { askServer } from "./first-answer.ts";
import { tcpListenersOf } from "./isolation.ts";
import type { Capability, Isolation, Provider, RunningServer, StartOrder } from "./provider.ts";

const LACKS: readonly Capability[] = ["second session", "role logins", "client programs", "server log"];

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
  // It writes no log, so settings of the log change nothing; any other would be ignored silently.
  const setting = Object.keys(order.settings).find((name) => !name.startsWith("log_"));
  if (setting !== undefined) return unavailable(`it cannot be started with ${setting}`);
  const engine = await startLastingEngine(order.cluster === "fresh" ? "initdb" : "snapshot");
  if (engine instanceof Failure) return engine;
  const target: EmbeddedTarget = { kind: "embedded", source: "--embedded", engine };
  const answer = await askServer(target);
  if (answer instanceof Failure) {
    await engine.end();
    return answer;
  }
  return {
    ...{ name: order.name, provider: "embedded", lacks: LACKS, version: answer.version, logFile: null },
    target: () => target,
    url: () => null,
    client: () => null,
    isolation: async () => isolation(),
    // Threads of this process, which end with it: nothing of them can be left behind.
    owned: () => [],
    stop: () => stop(order.name, engine),
  };
}

async function stop(name: string, engine: LastingEngine): Promise<StopReport> {
  const ended = await engine.end();
  const message = `the thread of ${name} has not ended yet; it ends with this process`;
  return { removed: [], left: [], trouble: ended === "ended" ? null : new Failure("SANDBOX_SERVER_FAILED", message) };
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
