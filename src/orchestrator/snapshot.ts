/**
 * snapshot: `rollback/<run_id>/pre.json` and `post.json`: what the database held before a run's first phase, and after.
 *
 * Taken in one read-only snapshot of a session that is handed in; every count is exact, or says why there is none. What
 * a revert is compared with. The caller notes the digest in the run's chain, asks for it again when it reads, and never
 * writes one again that is noted. Called before the first phase that writes, and after a failure.
 */
import { join } from "node:path";
import settingsQuery from "../../sql/survey/settings.sql" with { type: "text" };
import { readTriggers, type TriggerStates, whyUnguarded } from "../execution/immutability.ts";
import type { RevertCounts } from "../execution/revert/plan.ts";
import type { TargetIdentity } from "../flow/survey.ts";
import { timestamp } from "../kernel/clock.ts";
import { countTogether } from "../kernel/counts/count.ts";
import { plannedCounts } from "../kernel/counts/plan.ts";
import { canonicalJson, sha256 } from "../kernel/digest.ts";
import { Failure, joinFailure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { openPrivateDirectory } from "../kernel/private-files/directory.ts";
import { readPrivateFile, writePrivateFile } from "../kernel/private-files/file.ts";
import { inspectSession } from "../kernel/rollback-only/identity.ts";
import type { Session } from "../kernel/session/session.ts";
import { readContract } from "../schema/contract.ts";
import { watchedRelations } from "./survey/relations.ts";

export type Snapshot = {
  readonly schema: "cutter.snapshot/v1";
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly role: string;
  readonly target: TargetIdentity;
  /** Exact. */
  readonly counts: RevertCounts;
  /** Relations that could not be counted, and why, e.g. `unreadable`. */
  readonly uncounted: { readonly [relation: string]: string };
  readonly triggers: TriggerStates;
  readonly contractSha256: string;
};

/** SURVEY_FAILED where a trigger of immutability is missing or does not fire, or a public table was not counted. */
export async function takeSnapshot(session: Session, runId: string): Promise<Snapshot | Failure> {
  const begun = await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  if (begun instanceof Failure) return begun;
  const seen = await look(session, runId);
  const ended = await session.query("ROLLBACK");
  if (ended instanceof Failure) return seen instanceof Failure ? joinFailure(seen, ended) : ended;
  return seen instanceof Failure ? seen : (refuse(seen) ?? seen);
}

async function look(session: Session, runId: string): Promise<Snapshot | Failure> {
  const timeouts = [`${limits.phaseStatementTimeoutMs}`, `${limits.witnessLockTimeoutMs}`];
  const settings = await session.query(settingsQuery, timeouts);
  if (settings instanceof Failure) return settings;
  const identity = await inspectSession(session);
  if (identity instanceof Failure) return identity;
  const contract = await readContract(session);
  if (contract instanceof Failure) return contract;
  const triggers = await readTriggers(session);
  if (triggers instanceof Failure) return triggers;
  const options = { mode: "exact", digest: "none", budgetMs: limits.phaseStatementTimeoutMs } as const;
  const whole = watchedRelations("").filter(({ filter }) => filter === null);
  const steps = await plannedCounts(session, whole, options);
  if (steps instanceof Failure) return steps;
  const exact = steps.filter(({ how }) => how === "exact");
  const counted = await countTogether(session, exact, options);
  if (counted instanceof Failure) return counted;
  const all = steps.map((step) => counted.get(step) ?? step.otherwise);
  const { systemIdentifier, timeline, database, role } = identity;
  return {
    ...{ schema: "cutter.snapshot/v1", runId, at: timestamp(), role },
    target: { systemIdentifier, timeline, database },
    counts: Object.fromEntries(
      all.flatMap(({ relation, rows, how }) => (how === "exact" && rows !== null ? [[relation, rows]] : [])),
    ),
    uncounted: Object.fromEntries(all.flatMap(({ relation, how }) => (how === "exact" ? [] : [[relation, how]]))),
    triggers,
    contractSha256: contract.digest,
  };
}

function refuse({ triggers, uncounted }: Snapshot): Failure | null {
  const unguarded = whyUnguarded(triggers);
  if (unguarded !== null) return new Failure("SURVEY_FAILED", unguarded);
  const missing = Object.keys(uncounted).filter((relation) => relation.startsWith("public."));
  if (missing.length === 0) return null;
  return new Failure("SURVEY_FAILED", `not counted exactly: ${missing.join(", ")}`, { facts: { uncounted } });
}

export type SnapshotName = "pre" | "post" | `post-${number}`;

/** The digest of the file, for the run's chain; the whole file, or none. */
export function keepSnapshot(
  stateDirectory: string,
  name: SnapshotName,
  snapshot: Snapshot,
): { readonly path: string; readonly sha256: string } | Failure {
  const directory = join(stateDirectory, "rollback", snapshot.runId);
  for (const one of [stateDirectory, join(stateDirectory, "rollback"), directory]) {
    const opened = openPrivateDirectory(one);
    if (opened instanceof Failure) return opened;
  }
  const path = join(directory, `${name}.json`);
  const text = `${canonicalJson(snapshot)}\n`;
  return writePrivateFile(path, text) ?? { path, sha256: sha256(text) };
}

export type SnapshotOrder = { readonly runId: string; readonly name: SnapshotName; readonly sha256: string };

/** EVIDENCE_ALTERED where the file does not have the digest that the run's chain has of it. */
export function readSnapshot(stateDirectory: string, { runId, name, sha256: noted }: SnapshotOrder) {
  const path = join(stateDirectory, "rollback", runId, `${name}.json`);
  const bytes = readPrivateFile(path, limits.rehearsalBytes);
  if (bytes instanceof Failure) return bytes;
  const text = new TextDecoder().decode(bytes);
  if (sha256(text) === noted) return JSON.parse(text) as Snapshot;
  return new Failure("EVIDENCE_ALTERED", `${path} is not as it was written`, {
    facts: { what: "changed", name: path },
  });
}
