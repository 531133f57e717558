/**
 * comparison: a document's units against those that the database has: what to write, what to leave, what is refused.
 *
 * Pure. `orchestrator.md` names the five groups; every unit of either side stands in exactly one of them. Called by
 * cutplan.ts.
 */
import type { Unit } from "./segment/segment.ts";
import type { Survey, SurveyedUnit } from "./survey.ts";

/** What of a survey a plan is compared with. */
export type SurveyInput = Pick<Survey, "vocabulary" | "hasRevise" | "contractSha256"> & {
  /** Of this document only; `contentSha256` and `title` are of the newest version. */
  readonly units: readonly Pick<
    SurveyedUnit,
    "canonicalAddress" | "informationUnitId" | "lifecycleStatus" | "contentSha256"
  >[];
};

export type Problem = {
  /** The unit's place in the document; null where only the database has it. */
  readonly ordinal: number | null;
  readonly canonicalAddress: string;
  readonly field: string;
  readonly problem: string;
  /** What the vocabulary offers; empty where a choice would not help. */
  readonly choices: readonly string[];
};

export type Listed = { readonly canonicalAddress: string; readonly reason: string };

export type Comparison = {
  readonly create: readonly Listed[];
  /** The same digest, and not withdrawn: nothing to do. */
  readonly unchanged: readonly Listed[];
  readonly revise: readonly Listed[];
  /** Enacted or superseded with other content: refused. */
  readonly immutable: readonly Listed[];
  /** In the database and not in the document: never touched. */
  readonly missing: readonly Listed[];
};

export type Compared = {
  readonly comparison: Comparison;
  readonly writes: readonly {
    readonly unit: Unit;
    readonly action: "create" | "revise";
    readonly informationUnitId: string | null;
  }[];
  readonly problems: readonly Problem[];
};

type Judged = { readonly group: keyof Comparison; readonly reason: string };

export function compareUnits(units: readonly Unit[], { units: surveyed, hasRevise }: SurveyInput): Compared {
  const known = new Map(surveyed.map((unit) => [unit.canonicalAddress, unit]));
  const groups = { create: [], unchanged: [], revise: [], immutable: [], missing: [] } as Record<
    keyof Comparison,
    Listed[]
  >;
  const writes: Compared["writes"][number][] = [];
  const problems: Problem[] = [];
  for (const unit of units) {
    const there = known.get(unit.address);
    const { group, reason } = judge(unit, there);
    groups[group].push({ canonicalAddress: unit.address, reason });
    const informationUnitId = there?.informationUnitId ?? null;
    if (group === "create" || group === "revise") writes.push({ unit, action: group, informationUnitId });
    if (group === "immutable") problems.push(refusal(unit, reason));
    if (group === "revise" && !hasRevise) {
      problems.push(refusal(unit, `${reason}, and the database has no fn_iu_revise`));
    }
  }
  const own = new Set(units.map(({ address }) => address));
  for (const { canonicalAddress, lifecycleStatus } of surveyed) {
    if (own.has(canonicalAddress)) continue;
    groups.missing.push({ canonicalAddress, reason: `${lifecycleStatus} in the database, not in the document` });
  }
  return { comparison: groups, writes, problems };
}

function judge(unit: Unit, there: SurveyInput["units"][number] | undefined): Judged {
  if (there === undefined) return { group: "create", reason: "not in the database" };
  const isSame = there.contentSha256 === unit.contentSha256;
  const { lifecycleStatus: status } = there;
  if (status === "withdrawn") {
    return { group: "revise", reason: isSame ? "withdrawn, same content" : "withdrawn, other content" };
  }
  if (isSame) return { group: "unchanged", reason: `${status}, same content` };
  if (status === "draft") return { group: "revise", reason: "draft, other content" };
  return { group: "immutable", reason: `${status}, other content` };
}

function refusal({ ordinal, address: canonicalAddress }: Unit, problem: string): Problem {
  return { ordinal, canonicalAddress, field: "content", problem, choices: [] };
}
