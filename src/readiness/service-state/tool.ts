/**
 * service-state/tool: asks a program of the system for a list, and says why there is none.
 *
 * Starts it without a shell, with no input, an environment of named variables only (no secret, nothing that steers a
 * runtime), a time limit and a bound on what is read; at the limit it is killed with what it started. Asks only what
 * changes nothing. Called for systemctl, crontab, docker and podman.
 */

import { counted } from "../../kernel/child-process.ts";
import type { Environment } from "../../kernel/conninfo/naming.ts";
import { boundedText } from "../../kernel/evidence/bounded-text.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";

export type ToolOptions = {
  readonly environment: Environment;
  readonly timeoutMs?: number;
  readonly outputBytes?: number;
};

/** What systemctl, docker and podman need to find the machine's own service; nothing else goes to them. */
const KEPT = [
  ...["PATH", "HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS"],
  ...["DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "CONTAINER_HOST"],
];

/** `output` of a program that ended with 0; else why there is none: `docker is not installed`, its own first line. */
export type Answer = { readonly output: string } | { readonly reason: string };

/** The path of a program, or null where it is not installed; found as a shell would, by PATH. */
export function findTool(name: string, environment: Environment): string | null {
  return Bun.which(name, { PATH: environment.PATH ?? "" });
}

export async function askTool([name, ...words]: readonly [string, ...string[]], options: ToolOptions): Promise<Answer> {
  const path = findTool(name, options.environment);
  if (path === null) return { reason: `${name} is not installed` };
  try {
    const command = [path, ...words];
    const settings = {
      cwd: "/",
      env: toolEnvironment(options.environment),
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that what it starts can be ended with it.
      detached: true,
    } satisfies Bun.SpawnOptions.OptionsObject<"ignore", "pipe", "pipe">;
    const child = counted(Bun.spawn(command, settings), command);
    return await answerOf(name, child, options);
  } catch (error) {
    return { reason: `${name} cannot be started: ${errnoOf(error)}` };
  }
}

export function toolEnvironment(environment: Environment): Record<string, string> {
  const kept = KEPT.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), LC_ALL: "C", TZ: "UTC" };
}

type Child = Bun.Subprocess<"ignore", "pipe", "pipe">;

async function answerOf(name: string, child: Child, options: ToolOptions): Promise<Answer> {
  const { timeoutMs = limits.toolTimeoutMs, outputBytes = limits.toolOutputBytes } = options;
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => late.resolve(`${name} did not answer in ${timeoutMs} ms`), timeoutMs);
  const output = readBounded(child.stdout, outputBytes);
  const complaint = readBounded(child.stderr, outputBytes);
  const ended = Promise.all([output, complaint, child.exited]);
  const outcome = await Promise.race([ended, late.promise]);
  clearTimeout(timer);
  if (typeof outcome === "string") {
    killGroup(child);
    return { reason: outcome };
  }
  const [text, complaints, code] = outcome;
  if (text === null || complaints === null) {
    killGroup(child);
    return { reason: `${name} answered with more than ${outputBytes} bytes` };
  }
  return code === 0 ? { output: text } : { reason: `${name}: ${firstLine(complaints) ?? `ended with ${code}`}` };
}

/** Null where there is more; the rest is not read. */
async function readBounded(stream: ReadableStream<Uint8Array>, bound: number): Promise<string | null> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    bytes += piece.byteLength;
    if (bytes > bound) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function firstLine(text: string): string | undefined {
  const line = text.split("\n").find((one) => one.trim() !== "");
  return line === undefined ? undefined : boundedText(line.trim(), limits.evidenceLineCharacters);
}

function killGroup({ pid }: Child): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // ESRCH: all of it has ended by itself.
    errnoOf(error);
  }
}
