/**
 * teardown: the end of a sandbox, whatever came before: nothing more is made, then its servers go, then the rest.
 *
 * Never rejects: what could not be removed is named with the reason, and stays on record for a sweep. Works by exact
 * names alone. Called through `Sandbox.takeDown`, once for each sandbox.
 */
import { sleep, stopwatch } from "../kernel/clock.ts";
import type { Environment } from "../kernel/conninfo/naming.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import type { LeftoverRecord } from "./leftovers/record.ts";
import type { StopReport } from "./leftovers/removal.ts";
import { describeResource, type Resource } from "./leftovers/resource.ts";
import { removeRecorded } from "./leftovers/sweep.ts";
import type { Processes } from "./processes.ts";
import type { RunningServer } from "./providers/provider.ts";
import type { Watch } from "./sources/source.ts";
import { caught } from "./thrown.ts";

export type TakenDown = {
  readonly removed: readonly string[];
  readonly left: readonly string[];
  /** What else went wrong, though it left nothing of the sandbox: a cache that could not be filled. */
  readonly troubles: readonly string[];
  /** Everything that stood on record when it was taken down. */
  readonly made: readonly Resource[];
};

/** What there is to be taken down; null before there was a record. */
export type Standing = {
  readonly record: LeftoverRecord | null;
  readonly processes: Processes;
  readonly servers: readonly RunningServer[];
  /** Over production; null before the scenarios. */
  readonly watch: Watch | null;
  /** What makes or starts something at this moment. */
  readonly underway: ReadonlySet<Promise<unknown>>;
  readonly environment: Environment;
};

export async function takeDownAll(standing: Standing): Promise<TakenDown> {
  const { record, processes, servers, environment } = standing;
  record?.bar();
  processes.bar();
  const quiet = await caught("the end of what was under way", () => becomeQuiet(standing));
  const made = record?.resources ?? [];
  const stopped = await Promise.all(servers.map((server) => caught(`the end of ${server.name}`, () => server.stop())));
  // What a start that was cut off had made is on record, and is no server of ours yet.
  const rest = record === null ? [] : [await caught("the removal", () => removeRecorded(record, environment))];
  return { made, ...reportOf(record, [quiet, ...stopped, ...rest]) };
}

/** Until nothing makes or starts anything: removing a thing under the hands of who makes it would leave some of it. */
async function becomeQuiet({ processes, underway, watch }: Standing): Promise<null> {
  const elapsed = stopwatch();
  await watch?.end();
  await processes.endAll();
  while (underway.size > 0 && elapsed() < limits.sandboxStopTimeoutMs) {
    await Promise.race([Promise.allSettled(underway), sleep(limits.sandboxPollMs)]);
    await processes.endAll();
  }
  return null;
}

type Outcome = StopReport | Failure | null;

function reportOf(record: LeftoverRecord | null, outcomes: readonly Outcome[]): Omit<TakenDown, "made"> {
  const reports = outcomes.flatMap((one) => (one === null || one instanceof Failure ? [] : [one]));
  const removed = reports.flatMap((report) => report.removed.map(describeResource));
  const named = (record?.resources ?? []).map(describeResource);
  const why = new Map(
    reports.flatMap((report) =>
      report.left.map(({ resource, reason }) => [describeResource(resource), reason] as const),
    ),
  );
  const troubles = [
    ...outcomes.flatMap((one) => (one instanceof Failure ? [one.message] : [])),
    ...reports.flatMap(({ trouble }) => (trouble === null ? [] : [trouble.message])),
  ];
  const left = named.map((one) => `${one}: ${why.get(one) ?? "it is still on record"}`);
  if (record === null || named.length > 0) return { removed, left, troubles };
  const unclosed = record.close();
  return { removed, left: unclosed === null ? left : [...left, unclosed.message], troubles };
}
