/**
 * simulator/world: what a simulated database holds: the units of one document, and how many rows the ledger has.
 *
 * Memory only, seeded from a survey. A phase works on a copy that replaces the world when it is done, so a phase that
 * fails leaves nothing. Pure but for the copy; made and changed by simulator.ts alone.
 */
import type { LifecycleStatus, Survey } from "../../flow/survey.ts";

export type SimulatedUnit = {
  readonly informationUnitId: string;
  readonly lifecycleStatus: LifecycleStatus;
  readonly contentSha256: string;
  readonly versions: number;
};

export type AffectedRow = {
  readonly ordinal: number;
  readonly canonicalAddress: string;
  readonly informationUnitId: string;
  readonly unitVersionId: string;
  readonly contentSha256: string;
};

export type World = {
  /** By canonical address. */
  readonly units: Map<string, SimulatedUnit>;
  readonly log: string[];
  changeSet: { status: "draft" | "recorded" | "enacted" | "reverted"; readonly rows: readonly AffectedRow[] } | null;
  backups: number;
  manifestBlocks: number;
  verifyResults: number;
  signatures: number;
  decisions: number;
};

/** `replay`: the document is cut as if it were not there yet. */
export function seedWorld(survey: Survey, document: "as surveyed" | "replay"): World {
  const known = document === "replay" ? [] : survey.units;
  const units = known.map((unit): [string, SimulatedUnit] => [
    unit.canonicalAddress,
    {
      informationUnitId: unit.informationUnitId,
      lifecycleStatus: unit.lifecycleStatus,
      contentSha256: unit.contentSha256,
      versions: 1,
    },
  ]);
  const ledger = { changeSet: null, backups: 0, manifestBlocks: 0, verifyResults: 0, signatures: 0, decisions: 0 };
  return { units: new Map(units), log: [], ...ledger };
}

/** A copy to work on; the values in it are never changed, only replaced. */
export function copyOf(world: World): World {
  return { ...world, units: new Map(world.units), log: [...world.log] };
}

/** How many rows each simulated relation holds: of the document, and of this run's ledger. */
export function countsOf(world: World): { readonly [relation: string]: number } {
  const units = [...world.units.values()];
  return {
    information_unit: units.length,
    unit_version: units.reduce((sum, unit) => sum + unit.versions, 0),
    iu_lifecycle_log: world.log.length,
    enacted: units.filter(({ lifecycleStatus }) => lifecycleStatus === "enacted").length,
    cut_change_set: world.changeSet === null ? 0 : 1,
    cut_change_set_affected_row: world.changeSet?.rows.length ?? 0,
    manifest_unit_block: world.manifestBlocks,
    backup_artifact: world.backups,
    verify_result: world.verifyResults,
    dot_pair_signature: world.signatures,
    review_decision: world.decisions,
  };
}
