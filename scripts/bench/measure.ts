/**
 * measure: two commands run in turn, and their ratio pair by pair.
 *
 * A ratio of things run side by side in one run holds where a bare time does not: the machine's speed drifts for both.
 * One warm-up pair is not counted. A command that fails makes the measurement fail.
 */
export type Command = {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Record<string, string>;
};

export type Measured = { readonly medianMs: number; readonly peakBytes: number };

export type Ratio = {
  readonly what: string;
  readonly against: string;
  /** Median of the ratios of the pairs. */
  readonly ratio: number;
  readonly reach: number;
  readonly ours: Measured;
  readonly theirs: Measured;
  readonly runs: number;
};

export type Question = {
  readonly what: string;
  readonly against: string;
  readonly reach: number;
  readonly ours: Command;
  readonly theirs: Command;
  readonly runs?: number;
};

const RUNS = 9;

export function compare(question: Question): Ratio {
  const { what, against, reach, ours, theirs, runs = RUNS } = question;
  runOnce(ours);
  runOnce(theirs);
  const pairs = Array.from({ length: runs }, () => [runOnce(ours), runOnce(theirs)] as const);
  const ratio = median(pairs.map(([first, second]) => first.ms / second.ms));
  const summary = (index: 0 | 1): Measured => ({
    medianMs: median(pairs.map((pair) => pair[index].ms)),
    peakBytes: Math.max(...pairs.map((pair) => pair[index].peakBytes)),
  });
  return { what, against, ratio, reach, ours: summary(0), theirs: summary(1), runs };
}

/** Throws where it does not end with 0. */
export function runOnce(command: Command): { readonly ms: number; readonly peakBytes: number } {
  const start = performance.now();
  const run = Bun.spawnSync([...command.argv], { env: { ...process.env, ...command.env }, stdin: "ignore" });
  const ms = performance.now() - start;
  if (run.exitCode !== 0) throw new Error(`${command.name} answered ${run.exitCode}: ${run.stderr}${run.stdout}`);
  return { ms, peakBytes: run.resourceUsage?.maxRSS ?? 0 };
}

/** The upper of two in the middle; throws for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("no value to take the median of");
  return middle;
}
