/**
 * runs: `cutter runs`: the runs of this state directory, newest first, with what each waits for.
 *
 * From the store alone. Called by run-commands.ts.
 */
import { Failure } from "../kernel/failure.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import { markdownPage, type Page, textPage } from "../report/page.ts";
import { left } from "../report/table.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import { withStore } from "./run-store.ts";
import { paint, type Terminal } from "./terminal.ts";

type Flags = { readonly document: string | undefined };
type Invocation = { readonly flags: Flags; readonly globals: Globals };

/** `cutter.runs/v1`: `{ schema, runs: [{ run_id, session_id, document_id, mode, state, stop_code, … }] }`. */
export function runs({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  return withStore(globals, async (store) => {
    const found = store.runs(flags.document === undefined ? {} : { documentId: flags.document });
    if (found instanceof Failure) return found;
    const newest = [...found].reverse();
    const page = pageOf(newest, store.directory);
    const { stdout } = terminal.colour;
    if (globals.format === "json") await terminal.document({ schema: "cutter.runs/v1", runs: newest.map(row) });
    else if (globals.format === "markdown") await terminal.result(markdownPage(page));
    else await terminal.result(textPage(page, (text, style) => paint(text, style, stdout)));
    return EXIT.done;
  });
}

function row(run: RunRecord) {
  return {
    ...{ run_id: run.runId, session_id: run.sessionId, document_id: run.documentId, mode: run.mode },
    ...{ state: run.state, stop_code: run.stopCode, cutplan_sha256: run.cutplanSha256 },
    ...{ created_at: run.createdAt, updated_at: run.updatedAt },
  };
}

function pageOf(found: readonly RunRecord[], directory: string): Page {
  return {
    title: "Runs",
    first: `the run store of ${directory}`,
    about: [],
    sections: [
      {
        title: "Runs, newest first",
        table: {
          // Mode and state share the last column, which alone is folded: a run that waits fits a terminal so.
          columns: [left("run"), left("document"), left("mode, state")],
          rows: found.map((run) => [run.runId, run.documentId, stateOf(run)]),
        },
        remarks: [],
        empty: "there is none",
      },
    ],
    last: found.length === 1 ? "1 run" : `${found.length} runs`,
    outcome: "good",
  };
}

function stateOf({ mode, state, stopCode }: RunRecord): string {
  return [mode, state, ...(stopCode === null ? [] : [stopCode])].join(", ");
}
