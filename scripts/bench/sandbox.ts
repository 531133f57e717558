/**
 * sandbox: a throwaway server from nothing to its first answer, against plain initdb and start.
 *
 * Ours takes the spare cluster of a warm template; theirs makes one with initdb, without syncing it, as the stand-in
 * for production does. Both are the local provider, so that all else is the same. The whole run is measured against the
 * time that it may take. Called by bench.ts.
 */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../src/kernel/failure.ts";
import { localProvider } from "../../src/sandbox/providers/local/local.ts";
import type { StartOrder } from "../../src/sandbox/providers/provider.ts";
import { sampleSandbox } from "../../src/sandbox/providers/sample-sandbox.ts";
import { type Measured, median, type Ratio, runOnce } from "./measure.ts";
import type { BenchPlace } from "./place.ts";

const RUNS = 9;
const REFILL_TIMEOUT_MS = 30_000;
const WHOLE_RUNS = 3;
const WHOLE_MS = 60_000;

export async function benchSandbox(place: BenchPlace): Promise<readonly Ratio[]> {
  const state = join(place.state, "sandbox-bench");
  mkdirSync(state, { mode: 0o700 });
  // Makes the template, and the first spare.
  await once(state, "may be cloned");
  const pairs: (readonly [number, number])[] = [];
  for (let run = 0; run < RUNS; run++) {
    pairs.push([await once(state, "may be cloned"), await once(state, "fresh")]);
  }
  const summary = (index: 0 | 1): Measured => ({
    medianMs: median(pairs.map((pair) => pair[index])),
    peakBytes: process.memoryUsage().rss,
  });
  return [
    {
      what: "sandbox local, nothing to first query",
      against: "plain initdb and start",
      ratio: median(pairs.map(([ours, theirs]) => ours / theirs)),
      reach: 0.25,
      ours: summary(0),
      theirs: summary(1),
      runs: RUNS,
    },
    wholeRun(place),
  ];
}

/** Against a length of time, not a command: nobody else does this. Its verdict has to be the whole one. */
function wholeRun({ binary, state }: BenchPlace): Ratio {
  const words = ["sandbox", "run", "--reference", "--provider", "local", "--min-free-gb", "0", "--quiet"];
  const argv = [binary, ...words, "--state-dir", join(state, "sandbox-whole")];
  const runs = Array.from({ length: WHOLE_RUNS }, () => runOnce({ name: "cutter sandbox run", argv }));
  const ours = { medianMs: median(runs.map(({ ms }) => ms)), peakBytes: Math.max(...runs.map((run) => run.peakBytes)) };
  return {
    ...{ what: "sandbox run --reference on local, all of it", against: "60 s", reach: 1, runs: WHOLE_RUNS },
    ...{ ours, theirs: { medianMs: WHOLE_MS, peakBytes: 0 }, ratio: ours.medianMs / WHOLE_MS },
  };
}

/** Milliseconds until it answered; its end, and the spare for the next, are not counted. */
async function once(state: string, cluster: StartOrder["cluster"]): Promise<number> {
  const sandbox = sampleSandbox(state);
  const begun = performance.now();
  const server = await localProvider({ stateDirectory: state, binaries: null }).start(sandbox.order({ cluster }));
  const ms = performance.now() - begun;
  if (server instanceof Failure) throw new Error(`${server.code} ${server.message}`);
  const late = performance.now() + REFILL_TIMEOUT_MS;
  while (cluster !== "fresh" && !hasSpare(state) && performance.now() < late) await Bun.sleep(50);
  const { left } = await server.stop();
  if (left.length > 0) throw new Error(`a server was not removed: ${left.map(({ reason }) => reason).join("; ")}`);
  return ms;
}

function hasSpare(state: string): boolean {
  const cache = join(state, "cache", "sandbox");
  return existsSync(cache) && readdirSync(cache).some((name) => name.endsWith(".spare"));
}
