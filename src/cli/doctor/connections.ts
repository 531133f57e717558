/**
 * doctor/connections: each connection of a live run, opened: is the server there, is it the same cluster, timeline and
 * database for all, is each role one that may do its part, and does the clock agree.
 *
 * Sessions are read-only, and closed before it answers. What nobody could open is a problem, never left out. Called by
 * doctor.ts.
 */

import roleFit from "../../../sql/survey/role-fit.sql" with { type: "text" };
import { findRelations } from "../../execution/backup/contents.ts";
import { textArray } from "../../execution/grants.ts";
import { type LedgerHold, readLedgerHolds } from "../../execution/ledger-holds.ts";
import { readSurroundings, type Surroundings } from "../../execution/rehearsal/surroundings.ts";
import type { TargetIdentity } from "../../flow/survey.ts";
import { stopwatch, timestamp } from "../../kernel/clock.ts";
import type { Configuration } from "../../kernel/conninfo/configuration.ts";
import { fileVariables } from "../../kernel/conninfo/file-variables.ts";
import { resolveTarget } from "../../kernel/conninfo/resolve.ts";
import { canonicalJson } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { inspectSession } from "../../kernel/rollback-only/identity.ts";
import { boundSession } from "../../kernel/session/bounds.ts";
import { openSession } from "../../kernel/session/open.ts";
import type { Session } from "../../kernel/session/session.ts";
import type { Problem } from "../../readiness/doctor/condition.ts";

export const NEEDED = ["survey", "exec", "verify", "rehearse", "backup", "revert"] as const;

export type Needed = (typeof NEEDED)[number];

/** What a connection showed; null what could not be asked. */
export type Look = {
  readonly role: Needed;
  readonly problems: readonly Problem[];
  readonly target: TargetIdentity | null;
  readonly login: string | null;
  readonly serverVersionNumber: number | null;
  /** How far the server's clock is ahead of ours, in milliseconds, less what the way there could have taken. */
  readonly aheadMs: number | null;
  /** Of exec alone, as the next. */
  readonly surroundings: Surroundings | null;
  readonly holds: readonly LedgerHold[] | null;
};

export type Connections = { readonly looks: readonly Look[]; readonly problems: readonly Problem[] };

export async function lookAtConnections(configuration: Configuration): Promise<Connections> {
  const looks = await Promise.all(NEEDED.map((role) => lookAt(role, configuration)));
  const beside = compare(looks, configuration);
  return { looks, problems: [...looks.flatMap(({ problems }) => problems), ...beside] };
}

const NOTHING_SEEN = {
  ...{ target: null, login: null, serverVersionNumber: null, aheadMs: null, surroundings: null, holds: null },
} as const;

async function lookAt(role: Needed, { connections, path }: Configuration): Promise<Look> {
  const next = nextFor(role, path);
  const failed = (what: string): Look => ({ role, problems: [{ what, next }], ...NOTHING_SEEN });
  const configured = connections[role];
  if (configured === undefined) return failed(`no connections.${role}`);
  const target = await resolveTarget({ environment: fileVariables(process.env), configured });
  if (target instanceof Failure) return failed(`connections.${role}: ${target.message}`);
  const session = await openSession(target, { label: "survey" });
  if (session instanceof Failure) return failed(`connections.${role}: ${session.code}: ${session.message}`);
  try {
    const look = await lookInside(role, session, next);
    return look instanceof Failure ? failed(`connections.${role}: ${look.code}: ${look.message}`) : look;
  } finally {
    await session.close();
  }
}

function nextFor(role: Needed, path: string | null): string {
  return `[connections.${role}] in ${path ?? "cutter.toml"}; then cutter doctor`;
}

async function lookInside(role: Needed, session: Session, next: string): Promise<Look | Failure> {
  const bounded = await boundSession(session, "on");
  if (bounded instanceof Failure) return bounded;
  const identity = await inspectSession(session);
  if (identity instanceof Failure) return identity;
  // Only who backs up has to see all of them.
  const relations = role === "backup" ? await findRelations(session) : [];
  if (relations instanceof Failure) return relations;
  const askedAtMs = Date.parse(timestamp());
  const elapsed = stopwatch();
  const fit = await session.query(roleFit, [textArray(relations)]);
  const tookMs = elapsed();
  if (fit instanceof Failure) return fit;
  const [row = {}] = fit.rows;
  const sentences = [...unfit(role, row)];
  if (identity.inRecovery) sentences.push("the server is a standby, where nothing is written");
  if (identity.backendPids.some((pid) => pid !== identity.loginPid)) sentences.push("a pooler hands out its sessions");
  if (identity.systemIdentifier === null && role !== "survey" && role !== "rehearse") sentences.push(NOT_TOLD);
  const surroundings = role === "exec" ? await readSurroundings(session) : null;
  if (surroundings instanceof Failure) return surroundings;
  const holds = role === "exec" && row.is_exec === "t" ? await readLedgerHolds(session) : null;
  if (holds instanceof Failure) return holds;
  const { systemIdentifier, timeline, database, serverVersionNumber } = identity;
  return {
    role,
    problems: sentences.map((sentence) => ({ what: `connections.${role} (${row.role}): ${sentence}`, next })),
    ...{ target: { systemIdentifier, timeline, database }, login: row.role ?? null, serverVersionNumber },
    aheadMs: aheadOf(Number(row.server_ms), { askedAtMs, tookMs }),
    ...{ surroundings, holds },
  };
}

const NOT_TOLD =
  "which cluster this is cannot be told: GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() to the role";

/** What its part needs, and the role lacks. */
function* unfit(role: Needed, row: Readonly<Record<string, string | null>>): Generator<string> {
  const isPart = role === "exec" || role === "verify";
  if (isPart && row.superuser === "t") yield "is a superuser, for whom no privilege holds";
  if (role === "exec" && row.is_exec !== "t") yield "is not cutter_exec, and has not its rights";
  if (role === "verify" && row.is_verify !== "t") yield "is not cutter_verify, and has not its rights";
  if (role === "verify" && row.superuser !== "t" && row.is_exec === "t") yield "has the rights of cutter_exec too";
  if (role === "rehearse" && (row.becomes_exec !== "t" || row.becomes_verify !== "t")) {
    yield "may not become cutter_exec and cutter_verify";
  }
  if (role === "backup" && row.unreadable !== null) yield `may not read all rows of ${row.unreadable}`;
  if (role === "revert" && row.becomes_owner !== "t")
    yield "does not own what a cut writes, and may not become its owner";
}

type Asking = { readonly askedAtMs: number; readonly tookMs: number };

/** The answer was made somewhere between asking and hearing it: within that time there is no difference. */
function aheadOf(serverMs: number, { askedAtMs, tookMs }: Asking): number {
  if (serverMs < askedAtMs) return serverMs - askedAtMs;
  return Math.max(0, serverMs - askedAtMs - tookMs);
}

/** All of them against exec's, which writes. */
function compare(looks: readonly Look[], { path }: Configuration): readonly Problem[] {
  const exec = looks.find(({ role }) => role === "exec");
  if (exec === undefined || exec.target === null) return [];
  const problems: Problem[] = [];
  for (const { role, target } of looks) {
    if (target === null || role === "exec" || isSame(target, exec.target)) continue;
    const [other, writes] = [canonicalJson({ ...target }), canonicalJson({ ...exec.target })];
    problems.push({ what: `connections.${role} leads to ${other}, and exec to ${writes}`, next: nextFor(role, path) });
  }
  const verify = looks.find(({ role }) => role === "verify");
  if (verify?.login !== null && verify?.login === exec.login) {
    problems.push({ what: `exec and verify are one role, ${exec.login}`, next: nextFor("verify", path) });
  }
  return problems;
}

/** A role that may not ask for the cluster is compared by the rest. */
function isSame(one: TargetIdentity, other: TargetIdentity): boolean {
  const isUnknown = one.systemIdentifier === null || other.systemIdentifier === null;
  const isOfOneCluster = isUnknown || one.systemIdentifier === other.systemIdentifier;
  return isOfOneCluster && one.timeline === other.timeline && one.database === other.database;
}
