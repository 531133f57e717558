/**
 * sealed: runs SQL that we did not write so that the server itself takes all of it back in the same round trip.
 *
 * The whole plan is one DO block (sql/guard/sealed.sql) inside BEGIN … ROLLBACK. Not even a COMMIT sent afterwards
 * would keep anything. It runs under the role's own settings, as one transaction. Refuses nothing itself: parseScript,
 * refuseUnsafe and scanEscapes come first. Called by the `sql`, `spec` and `generic` targets.
 */
import { randomBytes } from "node:crypto";
import { boundedText } from "../evidence/bounded-text.ts";
import { Failure, joinFailure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Session } from "../session/session.ts";
import { type Survey, settleEffects, surveySession } from "./blast-radius.ts";
import type { CatalogSight, DirtyCounts } from "./catalog-sight.ts";
import { modeOf } from "./classify.ts";
import type { Effects } from "./effects.ts";
import { FailedRun } from "./failed-run.ts";
import { type Counter, type Measured, unmeasured } from "./measured.ts";
import { type NetAnswer, type NetCounts, settleNetCounts, watchedValue } from "./net-counts.ts";
import { isRolledBack } from "./rolled-back.ts";
import { type BlockFailure, explainBlockFailure, explainRefusal } from "./sealed-failure.ts";
import { RESULT_QUERY, type SealedOptions, sealedBlock, settingsQuery, settingValues } from "./sealed-plan.ts";
import type { Script } from "./statement.ts";

export type SealedPlan = SealedOptions & { readonly script: Script };

export type StatementResult = {
  readonly index: number;
  readonly line: number;
  readonly kind: string;
  /** Rows returned or affected; 0 for DDL. */
  readonly rows: number;
  readonly durationMs: number;
  /** The planner's text under --explain. */
  readonly plan: string | null;
};

export type SealedResult = {
  readonly tier: "sealed";
  readonly statements: readonly StatementResult[];
  readonly effects: Effects;
  readonly backendPid: number;
  /** `met`: the witness looked while the block waited; `missed`: it waited in vain; `none`: there was none. */
  readonly rendezvous: "none" | "met" | "missed";
  /** Rows of the watched relations at the end, from inside; null where that was not asked for. */
  readonly netCounts: NetCounts | null;
  /** Milliseconds that the block waited for the look of the witness, every lock held; null where there was none. */
  readonly lookedMs: number | null;
};

/** What the block reports, as sql/guard/sealed.sql makes it. */
type Report = {
  readonly sealed: boolean;
  readonly phase: "statement" | "constraints" | "measure";
  readonly statement: number;
  readonly rendezvous: SealedResult["rendezvous"];
  readonly looked: number | null;
  readonly failure: BlockFailure | null;
  readonly counts: readonly number[];
  readonly plans: readonly (string | null)[];
  readonly durations: readonly number[];
  readonly locks: readonly { readonly lock: string; readonly statement: number; readonly held: number }[];
  readonly before: readonly Counter[];
  readonly after: readonly Counter[] | null;
  readonly catalogs: readonly CatalogSight[];
  readonly xid: string | null;
  readonly track_counts: string;
  readonly dirty_before: DirtyCounts;
  readonly temporary: boolean;
  readonly relations: readonly string[];
  readonly net: readonly NetAnswer[];
  readonly net_failed: string | null;
};

/**
 * Runs the plan and rolls it back. Failures: STATEMENT_FAILED (facts statement, line, sqlstate, server_message, …),
 * CONSTRAINT_DEFERRED, SCRIPT_NOT_SEALABLE (what only the server could tell), WALL_CLOCK_EXCEEDED, SESSION_LOST, and
 * GUARD_BROKEN, after which the session is ended. In every case nothing stays but what Effects names, which a failure
 * of the plan carries too: it is a FailedRun wherever the session is still good.
 */
export async function runSealed(session: Session, plan: SealedPlan): Promise<SealedResult | Failure> {
  const inPlace = mayLock(plan.script) ? "read" : "left out";
  const survey = await surveySession(session, { inPlace, watched: plan.netCounts?.requests });
  if (survey instanceof Failure) return survey;
  const begun = await session.query("BEGIN READ WRITE");
  if (begun instanceof Failure) return begun;
  const report = await runBlock(session, plan, survey);
  const ended = await rollback(session);
  if (ended instanceof Failure) return report instanceof Failure ? joinFailure(report, ended) : ended;
  if (report instanceof Failure) return settleUnmeasured(session, { plan, survey, failure: report });
  return settle(session, { plan, survey, report });
}

/** ANALYZE and CREATE INDEX, by themselves or in code, come with statements that may lock more than rows. */
function mayLock({ statements }: Script): boolean {
  return statements.some(({ tree }) => modeOf(tree).strong);
}

const CUT_OFF =
  "the server cancelled the plan as a whole: what it touched is not known, and sequences that moved meanwhile may" +
  " have been moved by others";

/** The block answered nothing, so it is not known what it did; what no rollback undoes is measured. */
async function settleUnmeasured(
  session: Session,
  run: { readonly plan: SealedPlan; readonly survey: Survey; readonly failure: Failure },
): Promise<Failure> {
  const { plan, survey, failure } = run;
  if (failure.code !== "STATEMENT_FAILED" && failure.code !== "WALL_CLOCK_EXCEEDED") return failure;
  if (session.lost() !== null) return failure;
  const effects = await settleEffects(session, { survey, measured: unmeasured(null, CUT_OFF), script: plan.script });
  return effects instanceof Failure ? joinFailure(failure, effects) : new FailedRun(failure, effects);
}

async function runBlock(session: Session, plan: SealedPlan, survey: Survey): Promise<Report | Failure> {
  const name = `cutter_${randomBytes(12).toString("hex")}`;
  const watched = watchedValue(survey.watched, plan.netCounts?.requests ?? []);
  const settings = await session.query(settingsQuery(name), settingValues(plan.script, plan, watched));
  if (settings instanceof Failure) return settings;
  const row = settings.rows[0];
  if (Number(row?.pid) !== session.login.backendPid)
    return broken(session, "another backend answered", { pid: row?.pid ?? null });
  if (row?.standard_conforming_strings !== "on") {
    return new Failure(
      "SCRIPT_NOT_SEALABLE",
      "standard_conforming_strings is off: the server would read the script differently",
    );
  }
  const wallClockMs = (plan.statementTimeoutMs ?? limits.statementTimeoutMs) + limits.wallClockGraceMs;
  const ran = await session.query(sealedBlock(name, plan), [], { wallClockMs });
  if (ran instanceof Failure) return explainRefusal(ran, plan.script);
  if (ran.tag !== "DO" || session.status() !== "T") {
    return broken(session, "the block was not answered as one", { tag: ran.tag, status: session.status() });
  }
  const result = await session.query(RESULT_QUERY, [`${name}.result`]);
  if (result instanceof Failure) return result;
  return JSON.parse(result.rows[0]?.result ?? "null") as Report;
}

/** ROLLBACK, and nothing taken on trust: the tag, the status, and that the same backend answers. */
async function rollback(session: Session): Promise<null | Failure> {
  const lost = session.lost();
  if (lost !== null) return lost;
  const open = session.status() !== "I";
  const reply = await session.query("ROLLBACK");
  if (reply instanceof Failure) return reply;
  const status = session.status();
  if (!open || !isRolledBack(reply, status)) {
    return broken(session, "the ROLLBACK was not answered as one", { tag: reply.tag, status });
  }
  const after = await session.query("SELECT pg_catalog.pg_backend_pid() AS pid");
  if (after instanceof Failure) return after;
  const pid = after.rows[0]?.pid ?? null;
  return Number(pid) === session.login.backendPid ? null : broken(session, "another backend answered", { pid });
}

async function settle(
  session: Session,
  run: { readonly plan: SealedPlan; readonly survey: Survey; readonly report: Report },
): Promise<SealedResult | Failure> {
  const { plan, survey, report } = run;
  const effects = await settleEffects(session, { survey, measured: measuredBy(report), script: plan.script });
  const failure =
    report.failure === null ? null : explainBlockFailure({ ...report, failure: report.failure }, plan.script);
  if (effects instanceof Failure) return failure === null ? effects : joinFailure(failure, effects);
  if (failure !== null) return new FailedRun(failure, effects);
  if (!report.sealed) return broken(session, "the block ended without its seal", { phase: report.phase });
  const statements = plan.script.statements.map(({ index, line, kind }, position) => ({
    index,
    line,
    kind,
    rows: report.counts[position] ?? 0,
    durationMs: report.durations[position] ?? 0,
    plan: planText(report.plans[position] ?? null),
  }));
  const { rendezvous } = report;
  const net = settleNetCounts({ net: report.net, failed: report.net_failed }, { options: plan.netCounts, effects });
  const { backendPid } = session.login;
  return { tier: "sealed", statements, ...net, backendPid, rendezvous, lookedMs: report.looked };
}

/** It shows literals of the script, which may be large. */
function planText(plan: string | null): string | null {
  return plan === null ? null : boundedText(plan, limits.planCharacters);
}

const FAILED_EARLY =
  "the plan failed: rows are those attempted until then; tables truncated, rewritten or dropped until then are not" +
  " listed";

function measuredBy(report: Report): Measured {
  return {
    xid: report.xid,
    before: report.before,
    after: report.after ?? report.before,
    dirtyBefore: report.dirty_before,
    catalogs: report.catalogs,
    relations: report.relations,
    locks: report.locks.map(({ lock, statement, held }) => ({ lock, statement, heldMs: held })),
    lookedMs: report.looked,
    counted: report.track_counts === "on",
    temporary: report.temporary,
    cutShort: report.sealed ? null : FAILED_EARLY,
  };
}

function broken(session: Session, what: string, facts: Failure["facts"]): Failure {
  session.destroy();
  return new Failure("GUARD_BROKEN", `sealed transaction: ${what}`, { facts });
}
