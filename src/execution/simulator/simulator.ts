/**
 * simulator: the adapter of a dry run: every phase of a cut, in memory, on what a survey saw.
 *
 * It has no connection and cannot get one, so whatever it does, no database is touched. It keeps the rules that the
 * database keeps (an address once, only drafts are enacted, an enacted unit never changes), phase by phase, all or
 * nothing. What it answers is marked as simulated. Ids are digests of what they identify, so that a resumed run meets
 * the same ones. Called by the orchestrator through the adapter's contract.
 */
import type { Cutplan, PlannedRow } from "../../flow/cutplan.ts";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import type { ExecutionAdapter, Method, Order, PhaseResult } from "../adapter.ts";
import { type AffectedRow, copyOf, countsOf, type SimulatedUnit, type World } from "./world.ts";

export type SimulatorParts = {
  readonly world: World;
  readonly plan: Cutplan;
  /** Called before each row of a phase: a Failure fails the phase there. For the contract test. */
  readonly interrupt?: (method: Method, row: number) => Failure | null;
};

export type Simulator = ExecutionAdapter & { readonly counts: () => { readonly [relation: string]: number } };

/** A phase's work on a copy of the world: the facts, or why it is refused. */
type Body = (world: World, order: Order) => Facts | Failure;

export function simulatorAdapter(parts: SimulatorParts): Simulator {
  let { world } = parts;
  const method = (name: Method, body: Body) => async (order: Order) => {
    const next = copyOf(world);
    const facts = body(next, order);
    if (facts instanceof Failure) return facts;
    world = next;
    const outcome = facts.result === "mismatch" ? "mismatch" : "done";
    return { method: name, outcome, facts: { simulated: true, ...facts } } satisfies PhaseResult;
  };
  return {
    pre_write_backup: method("pre_write_backup", (next) => backUp(next)),
    cut_leg_a: method("cut_leg_a", (next, order) => createDrafts(next, order, parts)),
    leg_b_record: method("leg_b_record", (next) => record(next, parts)),
    write_verify: method("write_verify", (next) => verify(next, parts)),
    lifecycle_enact: method("lifecycle_enact", (next) => enact(next, parts)),
    compensate: method("compensate", (next) => withdraw(next, parts)),
    counts: () => countsOf(world),
  };
}

function backUp(world: World): Facts {
  world.backups += 1;
  return { artifact: "none: nothing is backed up in a dry run", counts: countsOf(world) };
}

function createDrafts(world: World, { runId }: Order, { plan, interrupt }: SimulatorParts): Facts | Failure {
  if (world.backups === 0) return refused("cut_leg_a", ["there is no backup of this run"]);
  if (world.changeSet !== null) return refused("cut_leg_a", ["the run has a change set already"]);
  const problems: string[] = [];
  const rows: AffectedRow[] = [];
  for (const row of plan.rows) {
    const interrupted = interrupt?.("cut_leg_a", row.ordinal) ?? null;
    if (interrupted !== null) return interrupted;
    const written = writeDraft(world, row, runId);
    if (typeof written === "string") problems.push(`row ${row.ordinal}: ${written}`);
    else rows.push(written);
  }
  if (problems.length > 0) return refused("cut_leg_a", problems);
  world.changeSet = { status: "draft", rows };
  return { rows: rows.length, change_set_sha256: digestOf(rows) };
}

/** The row that it affects, or the rule that refuses it. */
function writeDraft(world: World, row: PlannedRow, runId: string): AffectedRow | string {
  const { canonicalAddress: address, contentSha256, ordinal } = row;
  const known = world.units.get(address);
  if (row.action === "create" && known !== undefined) return `canonical_address: ${address} exists already`;
  if (row.action === "revise" && known === undefined) return `${address} does not exist`;
  if (known?.lifecycleStatus === "enacted") return `${address} is enacted and does not change`;
  const informationUnitId = known?.informationUnitId ?? uuidOf(`unit ${runId} ${address}`);
  const versions = (known?.versions ?? 0) + 1;
  if (known?.lifecycleStatus === "withdrawn") world.log.push(`${address} withdrawn>draft`);
  world.units.set(address, { informationUnitId, lifecycleStatus: "draft", contentSha256, versions });
  const unitVersionId = uuidOf(`version ${versions} ${runId} ${address}`);
  return { ordinal, canonicalAddress: address, informationUnitId, unitVersionId, contentSha256 };
}

function record(world: World, { plan, interrupt }: SimulatorParts): Facts | Failure {
  const { changeSet } = world;
  if (changeSet?.status !== "draft") return refused("leg_b_record", ["there is no change set to record"]);
  for (const { ordinal } of plan.rows) {
    const interrupted = interrupt?.("leg_b_record", ordinal) ?? null;
    if (interrupted !== null) return interrupted;
    world.manifestBlocks += 1;
  }
  world.changeSet = { ...changeSet, status: "recorded" };
  world.signatures += 1;
  return { blocks: world.manifestBlocks, source_version_id: plan.sourceVersionId, signature: "exec (simulated)" };
}

function verify(world: World, { plan, interrupt }: SimulatorParts): Facts | Failure {
  const { changeSet } = world;
  if (changeSet?.status !== "recorded") return refused("write_verify", ["there is nothing recorded to verify"]);
  const planned = new Map(plan.rows.map((row) => [row.canonicalAddress, row.contentSha256]));
  const findings: string[] = [];
  for (const { canonicalAddress, ordinal } of changeSet.rows) {
    const interrupted = interrupt?.("write_verify", ordinal) ?? null;
    if (interrupted !== null) return interrupted;
    const seen = world.units.get(canonicalAddress)?.contentSha256 ?? "missing";
    const expected = planned.get(canonicalAddress) ?? "not planned";
    if (seen !== expected) findings.push(`${canonicalAddress}: expected ${expected}, seen ${seen}`);
  }
  world.verifyResults += 1;
  const result = findings.length === 0 ? "match" : "mismatch";
  if (result === "match") world.signatures += 1;
  return { result, checked: changeSet.rows.length, findings };
}

function enact(world: World, { interrupt }: SimulatorParts): Facts | Failure {
  const { changeSet } = world;
  if (changeSet?.status !== "recorded" || world.signatures < 2) {
    return refused("lifecycle_enact", ["the change set is not verified"]);
  }
  const moved = moveAll(world, { rows: changeSet.rows, to: "enacted", method: "lifecycle_enact", interrupt });
  if (moved !== null) return moved;
  world.changeSet = { ...changeSet, status: "enacted" };
  return { enacted: changeSet.rows.length };
}

function withdraw(world: World, { interrupt }: SimulatorParts): Facts | Failure {
  const { changeSet } = world;
  if (changeSet === null) return refused("compensate", ["there is nothing to compensate"]);
  const moved = moveAll(world, { rows: changeSet.rows, to: "withdrawn", method: "compensate", interrupt });
  if (moved !== null) return moved;
  world.changeSet = { ...changeSet, status: "reverted" };
  world.decisions += 1;
  return { withdrawn: changeSet.rows.length };
}

type Moving = {
  readonly rows: readonly AffectedRow[];
  readonly to: "enacted" | "withdrawn";
  readonly method: Method;
  readonly interrupt: SimulatorParts["interrupt"];
};

/** Drafts to another status, each with its log row; anything that is no draft refuses the whole. */
function moveAll(world: World, { rows, to, method, interrupt }: Moving): Failure | null {
  const problems: string[] = [];
  for (const { canonicalAddress, ordinal } of rows) {
    const interrupted = interrupt?.(method, ordinal) ?? null;
    if (interrupted !== null) return interrupted;
    const unit: SimulatedUnit | undefined = world.units.get(canonicalAddress);
    if (unit?.lifecycleStatus !== "draft") {
      problems.push(`${canonicalAddress}: is ${unit?.lifecycleStatus ?? "missing"}, not draft`);
      continue;
    }
    world.units.set(canonicalAddress, { ...unit, lifecycleStatus: to });
    world.log.push(`${canonicalAddress} draft>${to}`);
  }
  return problems.length === 0 ? null : refused(method, problems);
}

function refused(method: Method, problems: readonly string[]): Failure {
  const shown = problems.slice(0, 3).join("; ");
  const more = problems.length > 3 ? `; and ${problems.length - 3} more` : "";
  return new Failure("UNIT_REJECTED", `${method}: ${shown}${more}`, { facts: { method, problems } });
}

function digestOf(rows: readonly AffectedRow[]): string {
  return sha256(canonicalJson(rows));
}

/** Version 8 of RFC 9562: custom, here from a digest. */
function uuidOf(name: string): string {
  const hex = sha256(name);
  const variant = ((Number.parseInt(hex[16] ?? "0", 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
