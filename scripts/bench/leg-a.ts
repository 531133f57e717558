/**
 * leg-a: leg A of many units of 1 KB, against the server doing the same rows without a client, and against itself.
 *
 * In turn on one session, each rolled back, so that the tables are the same for both; memory against a process that
 * plans the same cut and sends nothing. Called by bench.ts.
 */
import { join } from "node:path";
import { createDatabase } from "../database/database.ts";
import { talk } from "../talk.ts";
import { type Measured, median, type Ratio } from "./measure.ts";
import type { BenchPlace } from "./place.ts";

const REACH = { floor: 1.25, growth: 1.2, memory: 1 };
const ALLOWED_BYTES = 100 * 1024 * 1024;

type Timed = { readonly ours: readonly number[]; readonly floor: readonly number[]; readonly peakBytes: number };

export async function benchLegA(place: BenchPlace): Promise<readonly Ratio[]> {
  const database = await createDatabase(place.server, { template: "reference" });
  const once = (units: number, runs: number, who: string): Timed => {
    talk.start(`leg A of ${units} units, ${who}`);
    const argv = [join(import.meta.dirname, "leg-a-once.ts"), database.url("cutter_exec"), `${units}`, `${runs}`, who];
    const child = Bun.spawnSync([process.execPath, ...argv], { stdin: "ignore" });
    if (child.exitCode !== 0) throw new Error(`leg-a-once answered ${child.exitCode}: ${child.stderr}`);
    return JSON.parse(child.stdout.toString()) as Timed;
  };
  const both = once(10_000, 9, "both");
  const [few, many] = [once(1_000, 9, "ours"), once(100_000, 2, "ours")];
  const [ours, idle] = [once(10_000, 1, "ours"), once(10_000, 1, "nothing")];
  const above = Math.max(0, ours.peakBytes - idle.peakBytes);
  return [
    {
      ...{ what: "leg A, 10,000 units of 1 KB", against: "fn_iu_create over generate_series", reach: REACH.floor },
      ratio: median(both.ours.map((time, index) => time / (both.floor[index] ?? Number.NaN))),
      ...{ ours: measured(both.ours, both.peakBytes), theirs: measured(both.floor, 0), runs: both.ours.length },
    },
    {
      ...{ what: "the same: memory above its plan", against: "100 MiB", reach: REACH.memory },
      ratio: above / ALLOWED_BYTES,
      ...{ ours: measured(ours.ours, above), theirs: measured([0], ALLOWED_BYTES), runs: 1 },
    },
    {
      ...{ what: "leg A, a unit among 100,000", against: "a unit among 1,000", reach: REACH.growth },
      ratio: median(many.ours) / 100_000 / (median(few.ours) / 1_000),
      ...{
        ours: measured(many.ours, many.peakBytes),
        theirs: measured(few.ours, few.peakBytes),
        runs: many.ours.length,
      },
    },
  ];
}

function measured(times: readonly number[], peakBytes: number): Measured {
  return { medianMs: median(times), peakBytes };
}
