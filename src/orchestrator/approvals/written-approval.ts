/**
 * approvals/written-approval: the document that `cutter approve` writes for a run, and what its approver is shown.
 *
 * The plan is made again from the run's own files and must have the digest that is approved. Nothing is decided and
 * nothing is written here.
 */
import { randomBytes } from "node:crypto";
import type { Approval, ApprovalGate } from "../../flow/approval.ts";
import { unitRecord } from "../../flow/manifest.ts";
import { BUILT_IN_PROFILES } from "../../flow/profiles/built-in.ts";
import type { TargetIdentity } from "../../flow/survey.ts";
import { Failure } from "../../kernel/failure.ts";
import type { ApprovalShown } from "../../report/approve.ts";
import type { PlanReport } from "../../report/plan.ts";
import type { RehearsalReport } from "../../report/rehearsal.ts";
import type { Planned } from "../planning.ts";
import { planAgain } from "../prepare.ts";
import type { RunSettings } from "../run-files.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import { lastRehearsal } from "./last-rehearsal.ts";
import { refuseStanding } from "./standing.ts";

export type Decision = {
  readonly gate: ApprovalGate;
  readonly decision: Approval["decision"];
  readonly authorities: readonly string[];
  readonly note: string;
  readonly validForMs: number;
  /** `waived`: whoever approves knows that the cut or its revert was not rehearsed. */
  readonly rehearsal: "required" | "waived";
  /** ISO 8601, UTC. */
  readonly now: string;
};

export type Written = { readonly approval: Approval; readonly shown: ApprovalShown; readonly plan: PlanReport };

/** RUN_MOVE_REFUSED, EVIDENCE_ALTERED, STOP_PLAN_DRIFT, REHEARSAL_MISSING. */
export function writtenApproval(store: Store, run: RunRecord, decision: Decision): Written | Failure {
  const misplaced = refuseStanding(run, decision.gate);
  if (misplaced !== null) return misplaced;
  const phases = store.phases(run.runId);
  if (phases instanceof Failure) return phases;
  const again = planAgain(run, { store, phases });
  if (again instanceof Failure) return again;
  const rehearsal = lastRehearsal(store, run);
  if (rehearsal instanceof Failure) return rehearsal;
  const unrehearsed = decision.rehearsal === "required" ? refuseUnrehearsed(run, rehearsal) : null;
  if (unrehearsed !== null) return unrehearsed;
  const approval = approvalOf(run, decision);
  const { comparison, rows } = again.planned.cutplan;
  const { create, unchanged, revise, immutable, missing } = comparison;
  const shown: ApprovalShown = {
    ...{ approval, state: run.state, source_sha256: run.sourceSha256, rehearsal, rows: rows.length },
    counts: {
      ...{ create: create.length, unchanged: unchanged.length, revise: revise.length },
      ...{ immutable: immutable.length, missing: missing.length },
    },
    missing: missing.map(({ canonicalAddress }) => canonicalAddress),
  };
  return { approval, shown, plan: planOf(again.planned, again.settings) };
}

/** A revert is rehearsed before the phase that it takes back is approved (reliability.md, promise 14). */
function refuseUnrehearsed({ runId }: RunRecord, rehearsal: RehearsalReport | null): Failure | null {
  if (rehearsal?.verdict === "rehearsed") return null;
  const what = rehearsal === null ? "was not rehearsed" : `was ${rehearsal.verdict}`;
  return new Failure("REHEARSAL_MISSING", `run ${runId} ${what}, and SG1 is approved for a cut whose revert was tried`);
}

function approvalOf(run: RunRecord, { gate, decision, authorities, note, validForMs, now }: Decision): Approval {
  const { runId, documentId, mode, cutplanSha256, target } = run;
  const [only = "", ...others] = authorities;
  return {
    ...{ schema: "cutter.approval/v1", approval_id: `${gate}-${runId}-${randomBytes(8).toString("hex")}` },
    ...{ gate, decision, run_id: runId, document_id: documentId, mode, cutplan_sha256: cutplanSha256 ?? "" },
    ...{ target: target as TargetIdentity, authority: others.length === 0 ? only : [...authorities] },
    ...{ issued_at: now, expires_at: new Date(Date.parse(now) + validForMs).toISOString(), note },
  };
}

/** As `cutter plan` draws it, checked against the vocabulary of the database that it is for. */
function planOf({ manifest, cutplan }: Planned, { source, publicationType }: RunSettings): PlanReport {
  const counts: Record<string, number> = {};
  for (const { kind } of manifest.units) counts[kind] = (counts[kind] ?? 0) + 1;
  const about = BUILT_IN_PROFILES.find(({ name }) => name === manifest.profile)?.about ?? "of the configuration";
  const file = source.from === "file" ? source.fileName : "the database: a replay";
  const profile = { name: manifest.profile, version: manifest.profileVersion, about, weighed: [] };
  return {
    ...{ schema: "cutter.plan/v1", document_id: manifest.documentId, file, bytes: manifest.bytes },
    ...{ source_sha256: manifest.sourceSha256, media_type: manifest.mediaType },
    ...{ profile: { ...profile, why: "the run was begun with it" }, unit_kind: manifest.unitKind, counts },
    ...{ publication_type: cutplan.rows[0]?.publicationType ?? publicationType ?? "law" },
    ...{ unit_count: manifest.units.length, manifest_sha256: manifest.manifestSha256 },
    guard: {
      ...{ against: "the survey of the run", verdict: cutplan.verdict },
      problems: cutplan.problems.map(({ ordinal, canonicalAddress, ...rest }) => {
        return { row: ordinal, canonical_address: canonicalAddress, ...rest };
      }),
    },
    units: manifest.units.map(unitRecord),
  };
}
