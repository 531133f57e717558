/**
 * dry-run/gate-plan: G3: the source cut into units, each row checked and compared with what is there.
 *
 * Pure work on what G2 saw. Every problem of every row is a mismatch, so that a person sees all of them at once.
 */
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { failed, type Judgement, judge } from "../../report/judgement.ts";
import { type Planned, planWork } from "../planning.ts";
import type { DryGate, DryRunContext } from "./context.ts";

export const planGate: DryGate = {
  id: "G3",
  claim: "the source is cut without loss, and the write contract accepts every row",
  async run(context) {
    const { record } = context;
    const given = givenWork(context);
    const survey = record.before?.document.survey;
    if (given === null || survey === undefined) throw new Error("G3 without a survey");
    const planned = planWork({ mode: "dry-run", source: given.source, settings: given.settings, survey });
    if (planned instanceof Failure) return failed(planned);
    record.work = { ...given, planned };
    return judgePlan(planned);
  },
};

function givenWork({ order, record, surveyor }: DryRunContext): DryRunContext["record"]["replay"] {
  if (order.source === null) return record.replay;
  const { fileName, bytes, profile, ownProfile } = order.source;
  const { actor, ownerRef, publicationType } = order;
  const surveyed = surveyor.kind === "recorded" ? "recorded" : "live";
  const settings = { profile, ownProfile, actor, ownerRef, publicationType, surveyed } as const;
  return { source: bytes, settings: { source: { from: "file", fileName }, ...settings } };
}

function judgePlan({ manifest, cutplan }: Planned): Judgement {
  const { create, revise, unchanged, immutable, missing } = cutplan.comparison;
  const counts = {
    ...{ units: manifest.units.length, create: create.length, revise: revise.length },
    ...{ unchanged: unchanged.length, immutable: immutable.length, missing: missing.length },
  };
  const facts = {
    ...counts,
    ...{ profile: `${manifest.profile} ${manifest.profileVersion}`, bytes: manifest.bytes, verdict: cutplan.verdict },
    ...{ source_sha256: manifest.sourceSha256, manifest_sha256: manifest.manifestSha256 },
    ...{ cutplan_sha256: cutplan.cutplanSha256, source_version_id: cutplan.sourceVersionId },
    missing: missing.slice(0, limits.namedInRemark).map(({ canonicalAddress }) => canonicalAddress),
  };
  const mismatches = cutplan.problems.map(({ canonicalAddress, field, problem, choices }) => ({
    what: `${canonicalAddress}: ${field}`,
    expected: choices.length === 0 ? "accepted" : `one of ${choices.join(", ")}`,
    seen: problem,
  }));
  const parts = Object.entries(counts).filter(([name, count]) => name !== "units" && count > 0);
  const compared = parts.map(([name, count]) => `${count} ${name}`).join(", ");
  return judge({ summary: `${counts.units} units: ${compared || "nothing to write"}`, facts, mismatches });
}
