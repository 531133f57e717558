/**
 * providers/run-as: one program that makes or copies a cluster, run to its end within a bound.
 *
 * In a session of its own, so that Ctrl-C reaches cutter only, which then takes all down in order; killed at the bound,
 * and by the kernel when this process dies. Called by local.
 */
import { boundedText } from "../../kernel/evidence/bounded-text.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";

/** `signal` ends it at once. */
type Bounds = { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined };

/** Null where the program ended with 0. SANDBOX_SERVER_FAILED with its last words. */
export async function runToEnd(command: readonly string[], { timeoutMs, signal }: Bounds): Promise<Failure | null> {
  try {
    const child = Bun.spawn([...command], {
      cwd: "/",
      env: serverEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      timeout: Math.max(1, Math.ceil(timeoutMs)),
      killSignal: "SIGKILL",
      ...(signal === undefined ? {} : { signal }),
    });
    const words = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    const code = await child.exited;
    if (code === 0) return null;
    const how = child.signalCode === null ? `ended with ${code}` : `was killed (${child.signalCode})`;
    return failed(`${programOf(command)} ${how}: ${lastWords(words.join("\n"))}`);
  } catch (error) {
    return failed(`${programOf(command)} cannot be started: ${errnoOf(error)}`);
  }
}

/** Nothing of ours goes in: no password, no setting, nothing that steers a runtime. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" };
}

/** The program behind setpriv's own words. */
function programOf(command: readonly string[]): string {
  return command.find((word) => word.startsWith("/")) ?? command[0] ?? "";
}

/** Why it ended is what it called fatal or an error; where nothing was, what it said last. */
export function lastWords(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const reasons = lines.filter((line) => REASON.test(line));
  const shown = (reasons.length > 0 ? reasons : lines).slice(-3);
  return boundedText(shown.join("; ").trim(), limits.sandboxLogCharacters);
}

const REASON = /\b(?:FATAL|PANIC|ERROR):|\berror:/;

function failed(message: string): Failure {
  return new Failure("SANDBOX_SERVER_FAILED", message);
}
