/**
 * providers/run-as: one program that makes or copies a cluster, run to its end within a bound.
 *
 * In a session of its own, so that Ctrl-C reaches cutter only, which then takes all down in order; killed at the bound,
 * and by the kernel when this process dies. Called by local.
 */
import { counted } from "../../kernel/child-process.ts";
import { boundedText } from "../../kernel/evidence/bounded-text.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";
import { processEnding } from "../../kernel/session/registry.ts";

/** `signal` ends it at once; so does the end of this process, as soon as that begins. */
type Bounds = {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** What it is called, where others start it. */
  readonly program?: string;
};

/** Null where the program ended with 0. SANDBOX_SERVER_FAILED with its last words. */
export async function runToEnd(command: readonly string[], bounds: Bounds): Promise<Failure | null> {
  const { timeoutMs, signal, program = programOf(command) } = bounds;
  const late = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
  const ending = AbortSignal.any([late, processEnding, ...(signal === undefined ? [] : [signal])]);
  if (ending.aborted) return failed(`${program} was not begun: there is no time left for it`);
  try {
    const options = {
      cwd: "/",
      env: serverEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    } satisfies Bun.SpawnOptions.OptionsObject<"ignore", "pipe", "pipe">;
    const child = counted(Bun.spawn([...command], options), command);
    const kill = (): void => killGroup(child);
    ending.addEventListener("abort", kill);
    const words = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    const code = await child.exited;
    ending.removeEventListener("abort", kill);
    if (code === 0) return null;
    const how = child.signalCode === null ? `ended with ${code}` : `was killed (${child.signalCode})`;
    return failed(`${program} ${how}: ${lastWords(words.join("\n"))}`);
  } catch (error) {
    return failed(`${program} cannot be started: ${errnoOf(error)}`);
  }
}

/** initdb starts servers of its own, which would go on writing for a moment. */
function killGroup({ pid, exitCode, signalCode }: Bun.Subprocess): void {
  if (exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // ESRCH: all of it has ended by itself.
    errnoOf(error);
  }
}

/** Nothing of ours goes in: no password, no setting, nothing that steers a runtime. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" };
}

/** The program behind setpriv's own words: never a path that the program was given. */
function programOf([first = "", ...rest]: readonly string[]): string {
  if (first !== "setpriv") return first;
  const behind = rest.findIndex((word, index) => !word.startsWith("--") && !TAKES_WORD.has(rest[index - 1] ?? ""));
  return rest[behind] ?? first;
}

/** Of setpriv's options, those with a word behind them. */
const TAKES_WORD = new Set(["--pdeathsig", "--reuid", "--regid"]);

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
