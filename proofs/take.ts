/**
 * take: one run of the proof's transaction, with the witness looking before, during and after.
 *
 * PROOF-5 takes it, PROOF-6 finishes it with the last look. Nothing is judged here. On the embedded engine there is one
 * session, so the look during the transaction is left out and said to be.
 */
import { stopwatch } from "../src/kernel/clock.ts";
import { lockedNote, unreadableNote } from "../src/kernel/counts/plan.ts";
import { describe } from "../src/kernel/counts/relation.ts";
import type { RelationCount } from "../src/kernel/counts/request.ts";
import { Failure } from "../src/kernel/failure.ts";
import { pinned } from "../src/kernel/rollback-only/pinned.ts";
import type { Session } from "../src/kernel/session/session.ts";
import type { Witness } from "../src/kernel/witness.ts";
import type { ProofContext, ProofTarget, Take } from "./context.ts";

/** Runs the target's write once. A failure of the write is part of the take; a failure to look is a Failure. */
export async function takeOnce(context: ProofContext, target: ProofTarget): Promise<Take | Failure> {
  const session = await context.connections.proof();
  if (session instanceof Failure) return session;
  const witness = await context.connections.witness();
  if (witness instanceof Failure) return witness;
  const watched = await target.watched(context);
  if (watched instanceof Failure) return watched;
  const looking = witness.look(watched);
  // On one session the look would come in between; on two it takes its time while the transaction is set up.
  if (context.connections.sessions === "single") await looking;
  let asked: "no" | "yes" = "no";
  let elapsed = stopwatch();
  const lookedBefore = async (): Promise<readonly RelationCount[] | Failure> => {
    asked = "yes";
    const looked = await looking;
    elapsed = stopwatch();
    return looked;
  };

  const seen: Seen = { during: null, transactionIds: [], xid: null };
  const moment = async (xid: string | null): Promise<Failure | null> => {
    seen.xid = xid;
    if (context.connections.sessions === "single") return null;
    const looked = await looking;
    if (looked instanceof Failure) return looked;
    return lookDuring(witness, { pid: session.login.backendPid, watched, before: looked, seen });
  };
  context.record.attempts += 1;
  const drive = await target.drive(context, { session, watched, lookedBefore, moment });
  const durationMs = elapsed();
  const looked = await looking;
  if (looked instanceof Failure) return looked;
  if (asked === "no" && !(drive instanceof Failure)) throw new Error("the target wrote before the witness had looked");
  const before = await explainUnread(session, looked);
  const xid = drive instanceof Failure ? (seen.xid ?? xidOf(drive)) : (drive.effects.xid ?? seen.xid);
  const transactionIds = seen.transactionIds.length > 0 || xid === null ? seen.transactionIds : [shortXid(xid)];
  const { during } = seen;
  return { watched, before, during, drive, transactionIds, xid, durationMs, after: null, otherWriters: [] };
}

type Seen = { during: readonly RelationCount[] | null; transactionIds: readonly string[]; xid: string | null };

type During = Pick<Take, "watched" | "before"> & { readonly pid: number; readonly seen: Seen };

/** What took too long before is not asked again: it could not be compared, and would hold the proof up as long. */
export async function lookAgain(
  witness: Witness,
  { watched, before }: Pick<Take, "watched" | "before">,
): Promise<readonly RelationCount[] | Failure> {
  const slow = (index: number) => before[index]?.filter !== null && before[index]?.how === "over budget";
  const looked = await witness.look(watched.filter((_, index) => !slow(index)));
  if (looked instanceof Failure) return looked;
  const rest = [...looked];
  return before.map((count, index) => (slow(index) ? count : (rest.shift() ?? count)));
}

async function lookDuring(witness: Witness, { pid, seen, ...looks }: During): Promise<Failure | null> {
  const during = await lookAgain(witness, looks);
  if (during instanceof Failure) return during;
  const transactionIds = await witness.transactionIds(pid);
  if (transactionIds instanceof Failure) return transactionIds;
  const own = lockedNote({ state: "held", pids: [pid] });
  seen.during = during.map((count) =>
    count.how === "locked" && count.note === own ? { ...count, note: "not observable: locked by the proof" } : count,
  );
  seen.transactionIds = transactionIds;
  return null;
}

/** What the witness may not read: whether the role of the proof could have written to it. */
async function explainUnread(session: Session, counts: readonly RelationCount[]): Promise<readonly RelationCount[]> {
  const unread = counts.filter((count) => count.how === "unreadable");
  if (unread.length === 0) return counts;
  const described = await pinned(session, () => describe(session, [...new Set(unread.map((count) => count.relation))]));
  const known = described instanceof Failure ? [] : described;
  const notes = new Map(known.map((facts) => [facts.wanted, unreadableNote(facts)]));
  return counts.map((count) =>
    count.how === "unreadable" ? { ...count, note: notes.get(count.relation) ?? NOT_ASKED } : count,
  );
}

const NOT_ASKED = "42501, and the proof's own session could no longer be asked whether it may write there";

/** A statement that failed may have had an id before it did. */
function xidOf({ facts }: Failure): string | null {
  return typeof facts.xid === "string" ? facts.xid : null;
}

/** xmin holds the low 32 bits of a transaction id. */
function shortXid(xid: string): string {
  return (BigInt(xid) & 0xffffffffn).toString();
}
