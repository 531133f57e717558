/**
 * phases: leg B, verify and enact of 10,000 units, each against the server doing its rows without a client, and a unit
 * among many against a unit among few.
 *
 * What each does beyond its floor is what makes it safe: digests of every row over the wire, signatures, a second look
 * at all that is enacted. Called by bench.ts.
 */
import { join } from "node:path";
import { createDatabase } from "../database/database.ts";
import { talk } from "../talk.ts";
import { median, type Ratio } from "./measure.ts";
import type { BenchPlace } from "./place.ts";

const REACH = { legB: 3, verify: 4, enact: 2, growth: 1.2 };
const NAMES = { legB: "leg B", verify: "verify", enact: "enact" } as const;

type Name = keyof typeof NAMES;
type Pair = { readonly ours: readonly number[]; readonly floor: readonly number[] };
type Once = { readonly times: Readonly<Record<Name, Pair>>; readonly peakBytes: number };

export async function benchPhases(place: BenchPlace): Promise<readonly Ratio[]> {
  const database = await createDatabase(place.server, { template: "reference" });
  const once = (units: number, runs: number): Once => {
    talk.start(`leg B, verify and enact of ${units} units`);
    const argv = [join(import.meta.dirname, "phases-once.ts"), database.url("workflow_admin"), `${units}`, `${runs}`];
    const child = Bun.spawnSync([process.execPath, ...argv], { stdin: "ignore" });
    if (child.exitCode !== 0) throw new Error(`phases-once answered ${child.exitCode}: ${child.stderr}`);
    return JSON.parse(child.stdout.toString()) as Once;
  };
  const [few, many] = [once(1_000, 9), once(10_000, 5)];
  return (Object.keys(NAMES) as Name[]).flatMap((name) => {
    const { ours, floor } = many.times[name];
    const single = few.times[name].ours;
    const measured = { medianMs: median(ours), peakBytes: many.peakBytes };
    return [
      {
        ...{ what: `${NAMES[name]}, 10,000 units of 1 KB`, against: "its rows in one statement", reach: REACH[name] },
        ratio: median(ours.map((time, index) => time / (floor[index] ?? Number.NaN))),
        ...{ ours: measured, theirs: { medianMs: median(floor), peakBytes: 0 }, runs: ours.length },
      },
      {
        ...{ what: `${NAMES[name]}, a unit among 10,000`, against: "a unit among 1,000", reach: REACH.growth },
        ratio: median(ours) / 10_000 / (median(single) / 1_000),
        ...{ ours: measured, theirs: { medianMs: median(single), peakBytes: few.peakBytes }, runs: ours.length },
      },
    ];
  });
}
