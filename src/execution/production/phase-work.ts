/**
 * phase-work: what every phase does around its body, in whatever transaction it is given: first it looks, then it
 * takes the run, and last it writes the row that decides whether the phase happened.
 *
 * The same for production and rehearsal, so that a rehearsal shows all of it. Never begins or ends a transaction.
 */
import heldRuns from "../../../sql/execution/held-runs.sql" with { type: "text" };
import holds from "../../../sql/execution/holds.sql" with { type: "text" };
import insertPhase from "../../../sql/execution/insert-phase.sql" with { type: "text" };
import readRun from "../../../sql/execution/read-run.sql" with { type: "text" };
import takeRun from "../../../sql/execution/take-run.sql" with { type: "text" };
import type { Gate, RunState } from "../../flow/phase.ts";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import type { Method } from "../adapter.ts";
import { textArray } from "../grants.ts";
import type { StatementRunner } from "../leg-a.ts";
import type { LiveWork } from "../live-work.ts";

export type LedgerRole = "exec" | "verify" | "revert";

export type PhaseStep = {
  readonly phase: Method | "closeout";
  /** Whose session writes it. */
  readonly role: LedgerRole;
  /** Under which it runs. */
  readonly gate: Gate | "REVERT";
  /** States of the run in the ledger that it may find. */
  readonly before: readonly RunState[];
  /** The state that it leaves there; null for a role that may not write it. */
  readonly after: RunState | null;
};

/** `result: "mismatch"` in the facts is write_verify's, and recorded like any result. */
export type PhaseBody = (transaction: StatementRunner) => Promise<Facts | Failure>;

export type PhaseDone = {
  readonly outcome: "done" | "mismatch";
  readonly facts: Facts;
  readonly xid: string;
  readonly backendPid: number;
};

type Order = { readonly step: PhaseStep; readonly attempt: number; readonly body: PhaseBody };

/** STOP_HOLD, STOP_LOCKED, PHASE_REFUSED, and what the body answers. */
export async function phaseWork(
  transaction: StatementRunner,
  work: LiveWork,
  { step, attempt, body }: Order,
): Promise<PhaseDone | Failure> {
  const held = await refuseHold(transaction, work, step.role);
  if (held !== null) return held;
  const taken = step.role === "verify" ? await look(transaction, work, step) : await take(transaction, work, step);
  if (taken !== null) return taken;
  const facts = await body(transaction);
  if (facts instanceof Failure) return facts;
  const outcome = facts.result === "mismatch" ? "mismatch" : "done";
  const reply = await transaction.query(insertPhase, [
    ...[work.runId, step.phase, `${attempt}`, outcome, canonicalJson(facts), payloadDigest(facts)],
  ]);
  if (reply instanceof Failure) return reply;
  const [row] = reply.rows;
  return { outcome, facts, xid: row?.xid ?? "", backendPid: Number(row?.backend_pid) };
}

/** What run_phase.payload_sha256 holds: of the canonical JSON, which jsonb keeps the content of and not the bytes. */
export function payloadDigest(facts: Facts): string {
  return sha256(canonicalJson(facts));
}

/** A hold of the very run that is being taken back is why it is; any other refuses that too. */
export async function refuseHold(
  transaction: StatementRunner,
  { runId }: Pick<LiveWork, "runId">,
  role: LedgerRole,
): Promise<null | Failure> {
  const excepted = role === "revert" ? runId : null;
  const reply = await (role === "verify" ? transaction.query(heldRuns) : transaction.query(holds, [excepted]));
  if (reply instanceof Failure) return reply;
  if (reply.rows.length === 0) return null;
  const standing = reply.rows.map(({ run_id, reason }) => `run ${run_id}: ${reason}`);
  return new Failure("STOP_HOLD", `the ledger holds: ${standing.join("; ")}`, { facts: { holds: standing } });
}

async function take(transaction: StatementRunner, work: LiveWork, step: PhaseStep): Promise<null | Failure> {
  const { runId, fence } = work;
  const reply = await transaction.query(takeRun, [runId, `${fence}`, step.after, textArray(step.before)]);
  if (reply instanceof Failure) return reply;
  if (reply.rows.length === 1) return look(transaction, work, null);
  return (await look(transaction, work, step)) ?? new Failure("STOP_LOCKED", `run ${runId} could not be taken`);
}

/** null where the ledger's run is ours, of this plan, and, with a step, where that may begin. */
async function look(
  transaction: StatementRunner,
  { runId, fence, cutplan, target }: LiveWork,
  step: PhaseStep | null,
): Promise<null | Failure> {
  const reply = await transaction.query(readRun, [runId]);
  if (reply instanceof Failure) return reply;
  const [row] = reply.rows;
  if (row === undefined) return new Failure("PHASE_REFUSED", `the ledger has no run ${runId}`);
  if (Number(row.fence) > fence) {
    return new Failure("STOP_LOCKED", `run ${runId} has another owner: its fence is ${row.fence}, ours is ${fence}`);
  }
  const planned = row.cutplan_sha256 === cutplan.cutplanSha256 && row.document_id === cutplan.documentId;
  if (!planned) return new Failure("PHASE_REFUSED", `the ledger has run ${runId} with another plan`);
  const [seen, ours] = [canonicalJson(JSON.parse(row.target ?? "null")), canonicalJson(target)];
  if (seen !== ours) return new Failure("STOP_TARGET_CHANGED", `the ledger's run is of ${seen}, and this is ${ours}`);
  if (step === null || step.before.some((state) => state === row.state)) return null;
  return new Failure("PHASE_REFUSED", `${step.phase} does not follow ${row.state}, where the ledger has run ${runId}`);
}
