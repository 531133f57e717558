/**
 * runs: `cutter runs`: the runs of this state directory, newest first, with what each waits for and what to type next.
 *
 * From the store and the folders alone: no connection is made. Called by run-commands.ts.
 */
import { timestamp } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { type Listed, listRuns } from "../orchestrator/run-list.ts";
import { runsMarkdown, runsText } from "../report/runs.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import { withStore } from "./run-store.ts";
import { paint, type Terminal } from "./terminal.ts";

type Flags = { readonly document: string | undefined };
type Invocation = { readonly flags: Flags; readonly globals: Globals };

export function runs({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  return withStore(globals, async (store) => {
    const listed = listRuns(store, { documentId: flags.document, nowMs: Date.parse(timestamp()) });
    if (listed instanceof Failure) return listed;
    const { stdout } = terminal.colour;
    if (globals.format === "json") await terminal.document(document(listed));
    else if (globals.format === "markdown") await terminal.result(runsMarkdown(listed));
    else await terminal.result(runsText(listed, (text, style) => paint(text, style, stdout)));
    return EXIT.done;
  });
}

/**
 * `cutter.runs/v1`: `{ schema, runs: [{ run_id, session_id, document_id, mode, state, stop_code, target, stands, next,
 * trouble, … }], troubles: [sentence] }`.
 */
function document({ records, runs: lines, troubles }: Listed) {
  const rows = records.map((run, index) => ({
    ...{ run_id: run.runId, session_id: run.sessionId, document_id: run.documentId, mode: run.mode },
    ...{ state: run.state, stop_code: run.stopCode, cutplan_sha256: run.cutplanSha256 },
    ...{ created_at: run.createdAt, updated_at: run.updatedAt, target: run.target },
    ...{ stands: lines[index]?.stands ?? "", next: lines[index]?.next ?? null, trouble: lines[index]?.trouble ?? null },
  }));
  return { schema: "cutter.runs/v1", runs: rows, troubles };
}
