/**
 * store/replay: what the rows of the store must be, from its events alone.
 *
 * Pure. The chain says what happened, so a row that was changed behind its back does not fit what it says. Fed with the
 * events in order by chain.ts, which compares the result with the tables.
 */
import { canonicalJson } from "../../kernel/digest.ts";
import type { Fact, Facts } from "../../kernel/failure.ts";
import type { StoreEvent } from "./event.ts";

export class Replay {
  /** Run id to the row of `run`. */
  readonly runs = new Map<string, Facts>();
  /** Event sequence to the row of `run_phase` without its payload, or to that of `approval`. */
  readonly phases = new Map<number, Facts>();
  readonly approvals = new Map<number, Facts>();

  /** Takes in the next event; false if its run was not created before it. */
  take(event: StoreEvent): "taken" | "no such run" {
    const before = this.runs.get(event.runId);
    if ((before === undefined) !== (event.kind === "run-created")) return "no such run";
    const changed = { ...(before ?? newRow(event)), ...changeOf(event) };
    const place = { updated_at: event.at, event_sequence: event.sequence, event_sha256: event.sha256 };
    this.runs.set(event.runId, { ...changed, ...place });
    if (event.kind === "run-created") this.phases.set(event.sequence, surveyRow(event));
    if (event.kind === "phase-finished") this.phases.set(event.sequence, phaseRow(event));
    if (event.kind === "approval-consumed") this.approvals.set(event.sequence, approvalRow(event));
    return "taken";
  }
}

function newRow({ runId, at, data }: StoreEvent): Facts {
  return {
    run_id: runId,
    ...fields(data, ["session_id", "document_id", "mode", "state", "source_sha256", "source_version_id"]),
    target: canonicalJson(data.target),
    ...{ stop_code: null, stop_message: null, fence: 0, open_phase: null, open_attempt: null },
    ...{ manifest_sha256: null, cutplan_sha256: null, created_at: at },
  };
}

function changeOf({ kind, data }: StoreEvent): Facts {
  const stop = { stop_code: data.stop_code ?? null, stop_message: data.message ?? null };
  if (kind === "lock-acquired") return fields(data, ["fence"]);
  if (kind === "phase-begun")
    return { open_phase: field(data, "phase"), open_attempt: field(data, "attempt"), ...stop };
  if (kind === "moved") return { state: field(data, "to"), ...stop };
  if (kind === "stopped") return stop;
  if (kind !== "phase-finished") return {};
  const digests = fields(data, ["manifest_sha256", "cutplan_sha256"]);
  return { state: field(data, "to"), open_phase: null, open_attempt: null, ...stop, ...digests };
}

function surveyRow({ runId, at, sequence, data }: StoreEvent): Facts {
  const phase = { run_id: runId, phase: "survey", attempt: 1, outcome: "done" };
  return { ...phase, payload_sha256: field(data, "survey_sha256"), created_at: at, event_sequence: sequence };
}

function phaseRow({ runId, at, sequence, data }: StoreEvent): Facts {
  const attempt = fields(data, ["phase", "attempt", "outcome", "payload_sha256"]);
  return { run_id: runId, ...attempt, created_at: at, event_sequence: sequence };
}

function approvalRow({ runId, at, sequence, data }: StoreEvent): Facts {
  const use = fields(data, ["approval_id", "gate", "document_sha256", "cutplan_sha256"]);
  return { run_id: runId, ...use, consumed_at: at, event_sequence: sequence };
}

function fields(data: Facts, names: readonly string[]): Facts {
  return Object.fromEntries(names.map((name) => [name, field(data, name)]));
}

/** What is not there never equals a column. */
function field(data: Facts, name: string): Fact {
  return data[name] ?? null;
}
