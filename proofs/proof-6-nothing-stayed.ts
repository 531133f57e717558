/**
 * PROOF-6: nothing stayed: counts before = after, no leaked row, and the server says that the transaction aborted.
 *
 * Rests on the witness. FAIL where something of the proof's own is there; INCONCLUSIVE where rows moved and everything
 * says that it was others who wrote. Runs whenever the write was tried, even one that failed: that is when it matters.
 */
import { sleep, stopwatch } from "../src/kernel/clock.ts";
import type { RelationCount } from "../src/kernel/counts/request.ts";
import { type Fact, Failure } from "../src/kernel/failure.ts";
import { limits } from "../src/kernel/limits.ts";
import type { Effects } from "../src/kernel/rollback-only/effects.ts";
import { knownEffects } from "../src/kernel/rollback-only/failed-run.ts";
import type { OwnRows, Witness } from "../src/kernel/witness.ts";
import type { Mismatch } from "../src/report/battery.ts";
import { failed, type Judgement, judge } from "../src/report/judgement.ts";
import { blindSpots, hiddenSpots } from "./blind-spots.ts";
import type { BatteryRecord, LeakQuery, ProofContext, Take } from "./context.ts";
import { rowsFound } from "./leak-query.ts";
import type { Proof } from "./proof.ts";
import { leakQueryFinds, probeRowLeft, rowCommittedElsewhere, xidCommitted } from "./sabotage/leak.ts";
import { witnessGone } from "./sabotage/witness.ts";
import { lookAgain } from "./take.ts";
import { earlierTakes, effectsOfAll, whyNotAgain } from "./takes.ts";

export const nothingStayed: Proof = {
  id: "PROOF-6",
  claim: "nothing stayed",
  sabotage: [rowCommittedElsewhere, probeRowLeft, leakQueryFinds, xidCommitted, witnessGone],
  async run(context) {
    const { take, target } = context.record;
    if (take === null || target === null)
      return failed(new Failure("NOT_PROVEN", "there was no transaction to look after"));
    const disturbed = await context.afterRollback();
    if (disturbed instanceof Failure) return failed(disturbed);
    const witness = await context.connections.witness();
    if (witness instanceof Failure) return failed(witness);
    const session = await context.connections.proof();
    const lostPid = session instanceof Failure || session.lost() === null ? null : session.login.backendPid;
    const looked = await lookAfter(witness, { take, leaks: target.leaks, lostPid });
    if (looked instanceof Failure) return failed(looked);
    const finished: Take = { ...take, after: looked.after };
    context.record.take = finished;
    const judgement = judgeAfter(finished, looked, effectsOfAll(context.record));
    const nobodyWrote = changes(finished, looked.after).length === 0;
    if (judgement.verdict !== "INCONCLUSIVE" || nobodyWrote) return withEarlier(judgement, context.record);
    const named = await nameWriters(context, { witness, take: finished, judgement });
    return withEarlier(withoutAnother(named, context.record), context.record);
  },
};

type Looked = {
  readonly after: readonly RelationCount[];
  /** What the server says of the transaction; null: it was assigned no id. */
  readonly status: string | null;
  readonly leaked: readonly { readonly what: string; readonly rows: number }[];
  readonly ownRows: readonly OwnRows[];
  /** Whether the session of the proof, where it was lost, has ended on the server too. */
  readonly backend: "gone" | "still there" | "in use";
};

async function lookAfter(
  witness: Witness,
  { take, leaks, lostPid }: { take: Take; leaks: readonly LeakQuery[]; lostPid: number | null },
): Promise<Looked | Failure> {
  const backend = lostPid === null ? "in use" : await witness.awaitEnd(lostPid);
  if (backend instanceof Failure) return backend;
  const status = take.xid === null ? null : await settledStatus(witness, take.xid);
  if (status instanceof Failure) return status;
  const after = await lookAgain(witness, take);
  if (after instanceof Failure) return after;
  const leaked: { what: string; rows: number }[] = [];
  for (const leak of leaks) {
    const rows = await rowsFound(witness, leak);
    if (rows instanceof Failure) return rows;
    leaked.push({ what: leak.what, rows });
  }
  const ownRows = await witness.ownRows(suspects(take, after), take.transactionIds, after);
  if (ownRows instanceof Failure) return ownRows;
  return { after, status, leaked, ownRows, backend };
}

/** Every relation that the proof touched or whose count moved: there a row of ours would be. */
function suspects(take: Take, after: readonly RelationCount[]): readonly string[] {
  if (take.transactionIds.length === 0) return [];
  const touched = knownEffects(take.drive)?.relations.map((entry) => entry.relation) ?? [];
  const moved = changes(take, after).map((change) => change.relation);
  return [...new Set([...touched, ...moved])];
}

/** A session that was dropped may take a moment to be gone. */
async function settledStatus(witness: Witness, xid: string): Promise<string | null | Failure> {
  const elapsed = stopwatch();
  let status = await witness.transactionStatus(xid);
  while (status === "in progress" && elapsed() < limits.witnessLookTimeoutMs) {
    await sleep(limits.rendezvousPollMs);
    status = await witness.transactionStatus(xid);
  }
  return status ?? "no longer known";
}

/** A calm take after a disturbed one says what the disturbed one saw. */
function withEarlier(judgement: Judgement, record: BatteryRecord): Judgement {
  if (record.earlier.length === 0) return judgement;
  const moved = record.earlier.flatMap((one, index) => {
    const relations = new Set(one.moved.map(({ what }) => what.replace(/ \((during|after)\)$/, "")));
    return `${[...relations].slice(0, NAMED_IN_SUMMARY).join(", ")} moved in attempt ${index + 1}`;
  });
  const summary = `${judgement.summary}; taken ${record.attempts} times: ${moved.join("; ")}`;
  return { ...judgement, summary, facts: { ...judgement.facts, earlier_takes: earlierTakes(record) } };
}

function withoutAnother(judgement: Judgement, { escapes }: BatteryRecord): Judgement {
  const why = whyNotAgain(escapes);
  if (why === null) return judgement;
  const summary = `${judgement.summary}; not taken again: ${why}`;
  return { ...judgement, summary, facts: { ...judgement.facts, not_taken_again: why } };
}

type Change = {
  readonly relation: string;
  /** The relation and its filter. */
  readonly label: string;
  readonly when: string;
  readonly from: string;
  readonly to: string;
};

/** Counts that can be compared and differ. What was not counted exactly is not compared; that is said in a fact. */
function changes(take: Take, after: readonly RelationCount[]): readonly Change[] {
  return take.before.flatMap((before, index) => [
    ...change(before, take.during?.[index], "during"),
    ...change(before, after[index], "after"),
  ]);
}

function change(before: RelationCount, later: RelationCount | undefined, when: string): readonly Change[] {
  if (later === undefined || before.how !== "exact" || UNCOUNTED.has(later.how)) return [];
  if (later.how === before.how && later.rows === before.rows && later.digest === before.digest) return [];
  const { relation, filter } = before;
  const label = filter === null ? relation : `${relation} [${filter}]`;
  return [{ relation, label, when, from: shown(before), to: shown(later) }];
}

/** Not known at that moment; a relation that is gone or no longer readable has changed. */
const UNCOUNTED: ReadonlySet<RelationCount["how"]> = new Set(["estimate", "locked", "over budget"]);

function shown(count: RelationCount): string {
  if (count.how !== "exact") return count.how;
  return count.digest === null ? `${count.rows}` : `${count.rows} (${count.digest})`;
}

function judgeAfter(take: Take, looked: Looked, effects: Effects | null): Judgement {
  const leaks: Mismatch[] = [
    ...looked.leaked
      .filter((leak) => leak.rows !== 0)
      .map((leak) => mismatch(leak.what, "0 rows", `${leak.rows} rows`)),
    ...looked.ownRows
      .filter((own) => typeof own.rows === "number" && own.rows !== 0)
      .map((own) => mismatch(`rows of the proof's transaction in ${own.relation}`, "0", `${own.rows}`)),
  ];
  if (looked.status !== null && looked.status !== "aborted") {
    leaks.push(mismatch(`pg_xact_status(${take.xid})`, "aborted", looked.status));
  }
  if (looked.backend === "still there") leaks.push(mismatch("backend of the lost session", "gone", looked.backend));
  leaks.push(...blindSpots(take, looked.ownRows));
  const moved = changes(take, looked.after);
  return judge({
    summary: summary(take, looked, moved),
    facts: facts(take, looked, effects),
    mismatches: leaks,
    disturbances: [
      ...moved.map((entry) => mismatch(`${entry.label} (${entry.when})`, entry.from, entry.to)),
      ...hiddenSpots(take),
    ],
  });
}

function mismatch(what: string, expected: string, seen: string): Mismatch {
  return { what, expected, seen };
}

function facts(take: Take, looked: Looked, effects: Effects | null): { [key: string]: Fact } {
  return {
    relations_compared: compared(take, looked.after).length,
    relations_not_compared: notCompared(take, looked.after),
    probe_rows_leaked:
      looked.leaked.length === 0 ? "no leak query" : looked.leaked.reduce((sum, leak) => sum + leak.rows, 0),
    rows_with_own_xmin: looked.ownRows
      .filter((own) => own.rows !== "not there")
      .map((own) => `${own.relation} ${own.rows}`),
    transaction_status: looked.status ?? withoutId(take),
    sequence_drift: effects?.sequences.map((sequence) => `${sequence.sequence} ${sequence.drift}`) ?? "not known",
    seen_from: take.during === null ? "after only" : "before, during and after",
  };
}

function notCompared(take: Take, after: readonly RelationCount[]): string[] {
  return take.before.flatMap((before, index) => {
    const later = after[index];
    const states = [before.how, take.during?.[index]?.how ?? "exact", later?.how ?? "exact"];
    const worst = states.find((state) => state !== "exact");
    return worst === undefined ? [] : [`${before.relation}: ${worst === "unreadable" ? "42501" : worst}`];
  });
}

/** Indexes of the counts that are exact before and after. */
function compared(take: Take, after: readonly RelationCount[]): readonly number[] {
  return take.before.flatMap((before, index) =>
    before.how === "exact" && after[index]?.how === "exact" ? [index] : [],
  );
}

function withoutId({ drive }: Take): string {
  return knownEffects(drive)?.xid !== null
    ? "not observable: the write failed before its id was seen"
    : "no transaction id was assigned: nothing was written";
}

function summary(take: Take, looked: Looked, moved: readonly Change[]): string {
  // The same row may be found by a leak query and by its xmin.
  const leaked = Math.max(total(looked.leaked), total(looked.ownRows));
  const status = looked.status === null ? withoutId(take) : `xid ${take.xid} ${looked.status}`;
  const counts = moved.length > 0 ? "rows moved while the proof ran" : unmoved(take, looked.after);
  const seen = take.during === null && !(take.drive instanceof Failure) ? ["single session"] : [];
  return [counts, `${leaked} rows leaked`, status, ...seen].join(", ");
}

function total(found: readonly { readonly rows: OwnRows["rows"] }[]): number {
  return found.reduce((sum, { rows }) => sum + (typeof rows === "number" ? rows : 0), 0);
}

/** `158 = 158` where one relation matters most, which is the first. */
function unmoved(take: Take, after: readonly RelationCount[]): string {
  const [first, ...more] = compared(take, after);
  if (first === undefined) return "no relation could be compared";
  const others = more.length === 0 ? "" : ` in ${take.before[first]?.relation}, ${more.length} more relations unmoved`;
  return `${take.before[first]?.rows} = ${after[first]?.rows}${others}`;
}

const NAMED_IN_SUMMARY = 3;

/** The sessions that may have moved the rows. */
async function nameWriters(
  context: ProofContext,
  { witness, take, judgement }: { witness: Witness; take: Take; judgement: Judgement },
): Promise<Judgement> {
  const session = await context.connections.proof();
  const pid = session instanceof Failure ? 0 : session.login.backendPid;
  const writers = await witness.otherWriters(pid, take.durationMs);
  if (writers instanceof Failure) return failed(writers);
  context.record.take = { ...take, otherWriters: writers };
  const named = writers.map(
    ({ role, application, ...writer }) => `${role} (pid ${writer.pid}, ${[application, writer.state].join(", ")})`,
  );
  const more = named.length > NAMED_IN_SUMMARY ? ` and ${named.length - NAMED_IN_SUMMARY} more` : "";
  const who =
    named.length === 0 ? "nobody who is still there" : `${named.slice(0, NAMED_IN_SUMMARY).join("; ")}${more}`;
  const summary = `${judgement.summary}; other sessions: ${who}`;
  return { ...judgement, summary, facts: { ...judgement.facts, other_sessions: named } };
}
