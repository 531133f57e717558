/**
 * report: what a battery found → the document `cutter.proof/v1`.
 *
 * Gathers, and decides nothing: why a battery is not proven is outcome.ts. Everything shown comes from its record.
 */
import type { RelationCount } from "../src/kernel/counts/request.ts";
import { Failure } from "../src/kernel/failure.ts";
import { knownEffects } from "../src/kernel/rollback-only/failed-run.ts";
import { COMMIT, VERSION } from "../src/kernel/version.ts";
import type { BatteryReport, CountRow, ProofResult } from "../src/report/battery.ts";
import { verdictLine } from "../src/report/battery.ts";
import type { ProofContext, Take } from "./context.ts";
import { notUndone } from "./not-undone.ts";
import { outcomeOf } from "./outcome.ts";
import { effectsOfAll } from "./takes.ts";

export type ReportParts = {
  readonly runId: string;
  readonly command: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly database: BatteryReport["database"];
  readonly context: ProofContext;
  readonly proofs: readonly ProofResult[];
};

export function makeReport(parts: ReportParts): BatteryReport {
  const { context, proofs } = parts;
  const { target, take, identity, attempts } = context.record;
  const drive = take === null || take.drive instanceof Failure ? null : take.drive;
  const effects = effectsOfAll(context.record);
  return {
    schema: "cutter.proof/v1",
    runId: parts.runId,
    version: VERSION,
    commit: COMMIT,
    command: parts.command,
    startedAt: parts.startedAt,
    finishedAt: parts.finishedAt,
    durationMs: parts.durationMs,
    database: parts.database,
    role: identity?.role ?? null,
    tier: drive?.tier ?? target?.tier ?? "guarded",
    singleSession: context.connections.sessions === "single",
    target: {
      kind: target?.kind ?? "generic",
      name: target?.name ?? "not settled",
      chosenBecause: target?.chosenBecause ?? "the database was not reached",
    },
    allowances: allowances(context),
    proofs,
    counts: take === null ? [] : countRows(take, context.record.earlier[0]?.take.before ?? []),
    unwatched: context.record.unwatched,
    effects,
    notUndone: effects === null ? [] : notUndone(effects, context.record),
    attempts,
    verdictLine: verdictLine(proofs),
    ...outcomeOf(proofs, attempts),
  };
}

/** Superuser is what the embedded session is underneath: waived by name. */
function allowances(context: ProofContext): readonly string[] {
  const waived = context.connections.sessions === "single" ? ["single session, superuser underneath (embedded)"] : [];
  return [...context.options.allowances.map((name) => `--allow-${name}`), ...waived];
}

/** All watched relations, those that say something first: touched, moved, or with a note. */
function countRows(take: Take, atFirst: readonly RelationCount[]): CountRow[] {
  const first = new Map(atFirst.map((count) => [labelOf(count), count]));
  const drive = take.drive instanceof Failure ? null : take.drive;
  const touched = new Set(knownEffects(take.drive)?.relations.map((entry) => entry.relation));
  const rows = take.before.map((before, index): CountRow => {
    const at = (look: readonly (RelationCount | null)[] | null) => shown(look?.[index] ?? undefined);
    return {
      relation: before.relation,
      filter: before.filter,
      before: shown(before),
      inTransaction: at(drive?.inTransaction ?? null),
      during: at(take.during),
      after: at(take.after),
      mode: before.how,
      note:
        before.how === "unreadable" && touched.has(before.relation)
          ? TOUCHED_UNREAD
          : (noteOf(before, { inside: drive?.inTransaction?.[index] ?? undefined, during: take.during?.[index] }) ??
            sinceFirst(before, first.get(labelOf(before)))),
    };
  });
  const telling = rows.filter((row) => touched.has(row.relation) || row.before !== row.after || row.note !== null);
  const said = new Set(telling);
  return [...telling, ...rows.filter((row) => !said.has(row))];
}

/** A function of its owner, or a trigger, wrote for a role that may not read it. */
const TOUCHED_UNREAD = "42501, yet written to by the proof, and rolled back";

type Later = { readonly inside: RelationCount | undefined; readonly during: RelationCount | undefined };

/** Each reason once. */
function noteOf(before: RelationCount, { inside, during }: Later): string | null {
  const notes = [before.note, inside?.note, during?.how === "locked" ? during.note : null];
  return [...new Set(notes.filter((note) => typeof note === "string"))].join("; ") || null;
}

function labelOf({ relation, filter }: RelationCount): string {
  return JSON.stringify([relation, filter]);
}

/** Rows that moved between the first take and the last are said, though the last one saw none move. */
function sinceFirst(before: RelationCount, first: RelationCount | undefined): string | null {
  if (first === undefined || (shown(first) === shown(before) && first.digest === before.digest)) return null;
  const other = shown(first) === shown(before) ? ", with other content," : "";
  return `${shown(first)}${other} before the first take`;
}

function shown(count: RelationCount | undefined): CountRow["before"] {
  if (count === undefined) return "not taken";
  if (count.how === "exact" || count.how === "visible rows" || count.how === "estimate") {
    return count.rows ?? "not taken";
  }
  return count.how === "locked" ? "not observable" : count.how;
}
