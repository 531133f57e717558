/**
 * resolve: what became of an attempt whose answer was lost: asked of the server in the one way that cannot be wrong.
 *
 * Only looking is wrong: a transaction that is not visible may commit a moment later. So the same attempt is inserted
 * as `void`: the insert waits for the transaction that wrote it; a unique violation says that it committed; success
 * says that it never will, since a late one now fails (live.md, section 4). Within limits.resolveTimeoutMs, on new
 * sessions; after that the outcome is unknown and nothing may go on.
 */
import attemptSettings from "../../../sql/execution/attempt-settings.sql" with { type: "text" };
import readAttempt from "../../../sql/execution/read-attempt.sql" with { type: "text" };
import voidAttempt from "../../../sql/execution/void-attempt.sql" with { type: "text" };
import type { TargetIdentity } from "../../flow/survey.ts";
import { sleep, stopwatch } from "../../kernel/clock.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { processEnding } from "../../kernel/session/registry.ts";
import type { Session } from "../../kernel/session/session.ts";
import { refuseTarget } from "./phase-session.ts";
import { payloadDigest } from "./phase-work.ts";

export type AttemptKey = { readonly runId: string; readonly phase: string; readonly attempt: number };

/** Asked of this database on this timeline only: after a failover another one would say that nothing happened. */
export type AttemptQuestion = AttemptKey & { readonly target: TargetIdentity };

export type Ending =
  | { readonly outcome: "void" }
  | { readonly outcome: "done" | "mismatch"; readonly facts: Facts; readonly payloadSha256: string };

const UNIQUE_VIOLATION = "23505";

/** STOP_OUTCOME_UNKNOWN where the server could not be asked in time; INTERRUPTED where the process ends before. */
export async function resolveAttempt(
  key: AttemptQuestion,
  connect: () => Promise<Session | Failure>,
): Promise<Ending | Failure> {
  const elapsed = stopwatch();
  let last: Failure | null = null;
  while (elapsed() < limits.resolveTimeoutMs) {
    const remainingMs = Math.max(1, Math.ceil(limits.resolveTimeoutMs - elapsed()));
    const asked = await askOnce(key, connect, remainingMs);
    if (!(asked instanceof Failure)) return asked;
    if (processEnding.aborted) return unasked(key, asked);
    last = asked;
    if (asked.code === "STOP_TARGET_CHANGED" || asked.code === "EVIDENCE_ALTERED") break;
    await sleep(limits.resolvePauseMs);
  }
  const { runId, phase, attempt } = key;
  return new Failure(
    "STOP_OUTCOME_UNKNOWN",
    `what became of attempt ${attempt} of ${phase} of run ${runId} is not known: ${last?.message ?? "no time"}`,
    { facts: { run_id: runId, phase, attempt }, cause: last },
  );
}

/** Never by the code of what broke off, after which a phase counts as rolled back: the next resume has to ask. */
function unasked({ runId, phase, attempt }: AttemptKey, cause: Failure): Failure {
  const message = `what became of attempt ${attempt} of ${phase} of run ${runId} could not be asked any more`;
  return new Failure("INTERRUPTED", message, { facts: { run_id: runId, phase, attempt }, cause });
}

async function askOnce(
  key: AttemptQuestion,
  connect: () => Promise<Session | Failure>,
  remainingMs: number,
): Promise<Ending | Failure> {
  const session = await connect();
  if (session instanceof Failure) return session;
  try {
    const { runId, phase, attempt, target } = key;
    const set = await session.query(attemptSettings, [`${remainingMs}`]);
    if (set instanceof Failure) return set;
    const elsewhere = await refuseTarget(session, { target });
    if (elsewhere !== null) return elsewhere;
    const parameters = [runId, phase, `${attempt}`];
    const reply = await session.query(voidAttempt, parameters, { wallClockMs: remainingMs });
    if (!(reply instanceof Failure)) return reply.tag === "INSERT 0 1" ? { outcome: "void" } : notInserted(reply.tag);
    if (reply.facts.sqlstate !== UNIQUE_VIOLATION) return reply;
    return await read(session, parameters);
  } finally {
    await session.close();
  }
}

/** The row is there, committed, and never changes: an earlier tombstone of ours, or the phase. */
async function read(session: Session, parameters: readonly string[]): Promise<Ending | Failure> {
  const reply = await session.query(readAttempt, parameters);
  if (reply instanceof Failure) return reply;
  const [row] = reply.rows;
  return row === undefined ? notInserted("no row") : endingOf(row);
}

type AttemptRow = { readonly [column: string]: string | null };

/** The payload is compared with its digest: it is what the run goes on with. */
export function endingOf({ outcome, payload, payload_sha256: digest }: AttemptRow): Ending | Failure {
  if (outcome === "void") return { outcome };
  const facts = JSON.parse(payload ?? "null") as Facts;
  if ((outcome !== "done" && outcome !== "mismatch") || payloadDigest(facts) !== digest) {
    return new Failure("EVIDENCE_ALTERED", `the ledger's row of a phase, ${outcome}, does not have its digest`, {
      facts: { what: "changed", name: "run_phase" },
    });
  }
  return { outcome, facts, payloadSha256: digest };
}

function notInserted(what: string): Failure {
  return new Failure("GUARD_BROKEN", `the tombstone of a phase was answered by ${what}`);
}
