/**
 * stage: one step of the suite: what it ran, how many checks passed and failed, how long it took.
 *
 * A stage that ran nothing failed. Stages never stop the suite: one run shows everything that is wrong.
 */

export type Tally = { readonly passed: number; readonly failed: number };
export type Stage = { readonly name: string; readonly run: () => Promise<Tally> };
/** Rows of stages that are run beside each other, each row in its order: tests wait for servers most of their time. */
export type Lanes = { readonly lanes: readonly (readonly Stage[])[] };

export const PASSED: Tally = { passed: 1, failed: 0 };
export const FAILED: Tally = { passed: 0, failed: 1 };

/** Runs the stages in order, prints a line for each, and sums up. */
export async function runStages(
  stages: readonly (Stage | Lanes)[],
  say: (line: string) => void = print,
): Promise<Tally> {
  let total: Tally = { passed: 0, failed: 0 };
  for (const stage of stages) {
    if ("lanes" in stage) {
      const tallies = await Promise.all(stage.lanes.map((lane) => runStages(lane, say)));
      total = [total, ...tallies].reduce(sum);
      continue;
    }
    const { name, run } = stage;
    say(`== ${name}`);
    const start = performance.now();
    const tally = await run().catch((error: unknown) => {
      say(error instanceof Error ? (error.stack ?? error.message) : String(error));
      return FAILED;
    });
    const ran = tally.passed + tally.failed > 0 ? tally : FAILED;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    say(`== ${name}: ${ran.failed === 0 ? "ok" : `${ran.failed} FAILED`}, ${ran.passed} passed, ${seconds} s`);
    total = sum(total, ran);
  }
  return total;
}

function sum(one: Tally, other: Tally): Tally {
  return { passed: one.passed + other.passed, failed: one.failed + other.failed };
}

/** A stage that is one program: exit code 0 is one pass. */
export function programStage(name: string, command: readonly string[]): Stage {
  return { name, run: async () => ((await runProgram(command)) === 0 ? PASSED : FAILED) };
}

export type Running = {
  /** Beside our own. */
  readonly environment?: Record<string, string>;
  readonly output?: "shown" | "dropped";
};

/** Runs a program and answers its exit code. */
export async function runProgram(command: readonly string[], running: Running = {}): Promise<number> {
  const env = { ...process.env, ...running.environment };
  const output = running.output === "dropped" ? "ignore" : "inherit";
  return Bun.spawn([...command], { env, stdin: "ignore", stdout: output, stderr: output }).exited;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
