/**
 * survey: what a plan rests on: the database as it was seen in one read-only snapshot.
 *
 * A value and its digests, no more; taking one is the orchestrator's work. `basisOf` is the one digest that a plan
 * rests on (orchestrator.md §2): server identity, contract, vocabulary, and this document's units less those of the
 * run's own change set. Counts and other documents are not in it, so what others do invalidates no plan. Pure.
 */
import { canonicalJson, sha256 } from "../kernel/digest.ts";
import type { Vocabulary } from "./write-contract.ts";

export const LIFECYCLE_STATUSES = ["draft", "enacted", "superseded", "withdrawn"] as const;

export type LifecycleStatus = (typeof LIFECYCLE_STATUSES)[number];

/** One unit of the document with its current version; the body stays in the database. */
export type SurveyedUnit = {
  readonly canonicalAddress: string;
  readonly informationUnitId: string;
  readonly lifecycleStatus: LifecycleStatus;
  readonly unitKind: string;
  readonly sectionType: string;
  readonly ownerRef: string | null;
  readonly publicationType: string;
  readonly title: string;
  /** SHA-256 of the body, as the database holds it. */
  readonly contentSha256: string;
};

/** Which database: what an approval names and a resumed run compares. */
export type TargetIdentity = {
  /** Decimal; null where the role may not ask. */
  readonly systemIdentifier: string | null;
  /** null on a standby. */
  readonly timeline: number | null;
  readonly database: string;
};

/** For people: `icx, system identifier 7712428487075726023, timeline 1`. */
export function targetWords({ database, systemIdentifier, timeline }: TargetIdentity): string {
  const known = `${database}, system identifier ${systemIdentifier ?? "not readable"}`;
  return timeline === null ? known : `${known}, timeline ${timeline}`;
}

export type Survey = {
  readonly target: TargetIdentity;
  readonly documentId: string;
  readonly vocabulary: Vocabulary;
  /** Digest of the write functions' signatures and properties. */
  readonly contractSha256: string;
  /** Whether the database has fn_iu_revise. */
  readonly hasRevise: boolean;
  readonly units: readonly SurveyedUnit[];
};

/** 64 hex digits. `own`: addresses that the run itself has written, which are no drift. */
export function basisOf(survey: Survey, own: ReadonlySet<string> = new Set()): string {
  const { target, vocabulary, contractSha256, hasRevise, documentId } = survey;
  const units = survey.units.filter(({ canonicalAddress }) => !own.has(canonicalAddress)).map(unitBasis);
  return sha256(canonicalJson({ target, vocabulary, contractSha256, hasRevise, documentId, units: units.sort() }));
}

function unitBasis(unit: SurveyedUnit): string {
  return [unit.canonicalAddress, unit.informationUnitId, unit.lifecycleStatus, unit.contentSha256].join(" ");
}

/** What of the basis differs, one sentence each; empty where nothing does. */
export function driftBetween(planned: Survey, now: Survey, own: ReadonlySet<string> = new Set()): readonly string[] {
  const changed = (what: string, before: unknown, after: unknown): string[] =>
    canonicalJson(before) === canonicalJson(after) ? [] : [`${what}: was ${short(before)}, is ${short(after)}`];
  return [
    ...changed("write contract", planned.contractSha256, now.contractSha256),
    ...changed("fn_iu_revise", planned.hasRevise, now.hasRevise),
    ...changed("vocabulary", planned.vocabulary, now.vocabulary),
    ...unitDrift(planned, now, own),
  ];
}

function unitDrift(planned: Survey, now: Survey, own: ReadonlySet<string>): readonly string[] {
  const byAddress = (survey: Survey) =>
    new Map(
      survey.units.map((unit) => [unit.canonicalAddress, unit] as const).filter(([address]) => !own.has(address)),
    );
  const [before, after] = [byAddress(planned), byAddress(now)];
  const lost = [...before.keys()].filter((address) => !after.has(address)).map((address) => `${address}: is gone`);
  const come = [...after.keys()].filter((address) => !before.has(address)).map((address) => `${address}: is new`);
  const moved = [...after].flatMap(([address, unit]) => {
    const old = before.get(address);
    if (old === undefined || unitBasis(old) === unitBasis(unit)) return [];
    if (old.lifecycleStatus !== unit.lifecycleStatus)
      return [`${address}: was ${old.lifecycleStatus}, is ${unit.lifecycleStatus}`];
    return [`${address}: ${old.contentSha256 === unit.contentSha256 ? "is another row" : "has other content"}`];
  });
  return [...lost, ...come, ...moved];
}

function short(value: unknown): string {
  const text = typeof value === "string" ? value : canonicalJson(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
