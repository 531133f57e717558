/**
 * show: `cutter show RUN`: where a run stands, what it did, and what a person may do now.
 *
 * From the store alone: no connection is made and nothing is written. Called by run-commands.ts.
 */
import { Failure } from "../kernel/failure.ts";
import { runReport } from "../orchestrator/run-report.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { renderRun } from "../report/run.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import { findRun, withStore } from "./run-store.ts";
import { paint, type Terminal } from "./terminal.ts";

type Invocation = { readonly positionals: { readonly RUN: string }; readonly globals: Globals };

export function show({ positionals, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  return withStore(globals, async (store) => {
    const run = findRun(store, positionals.RUN);
    return run instanceof Failure ? run : showStanding(store, run, { globals, terminal });
  });
}

export async function showStanding(
  store: Store,
  run: RunRecord,
  { globals, terminal }: { readonly globals: Globals; readonly terminal: Terminal },
): Promise<number | Failure> {
  const report = runReport(store, run);
  if (report instanceof Failure) return report;
  const { stdout } = terminal.colour;
  await terminal.result(renderRun(report, globals.format, (text, style) => paint(text, style, stdout)));
  return EXIT.done;
}
