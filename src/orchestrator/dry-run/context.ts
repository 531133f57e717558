/**
 * dry-run/context: what the gates of a dry run share: what was ordered, what it works with, what was seen so far.
 *
 * The record is the one place that changes while the gates run; the report is made from it. Filled in by the command
 * and by the gates, in their order.
 */
import type { Failure } from "../../kernel/failure.ts";
import type { KillSwitchReading } from "../../kernel/kill-switch.ts";
import type { TreesAtOnce } from "../../readiness/surroundings.ts";
import type { Judgement, Observation } from "../../report/judgement.ts";
import type { Planned } from "../planning.ts";
import type { Preparing } from "../prepare.ts";
import type { RunSettings } from "../run-files.ts";
import type { RunRecord } from "../store/run-record.ts";
import type { Store } from "../store/store.ts";
import type { Sight, Surveyor } from "./surveyor.ts";

/** What of the machine is looked at, each by itself, so that a test can give another. */
export type Surroundings = {
  /** The program and the session in which it runs. */
  readonly program: () => Promise<Observation>;
  /** Takes the manifests of the configured trees; called at the start and at the end. */
  readonly trees: () => Promise<TreesAtOnce>;
  /** What of ours might run by itself. */
  readonly services: () => Promise<Observation>;
};

export type DryRunOrder = {
  readonly sessionId: string;
  /** null: the document with the most units. */
  readonly documentId: string | null;
  readonly because: string;
  /** null: a replay of what is in the database. */
  readonly source: {
    readonly fileName: string;
    readonly bytes: Uint8Array;
    readonly profile: string;
    readonly ownProfile: unknown;
  } | null;
  readonly publicationType: string | null;
  readonly ownerRef: string | null;
  readonly actor: string;
  readonly writingRole: "refused" | "allowed";
  /** `stop`: the run is left waiting at its first gate, for a person to resume. */
  readonly atGates: "pass" | "stop";
};

export type DryRunContext = {
  readonly order: DryRunOrder;
  readonly surveyor: Surveyor;
  readonly surroundings: Surroundings;
  readonly killSwitch: () => KillSwitchReading;
  /** The simulator; another one in a test alone. */
  readonly adapterFor: Preparing["adapterFor"];
  /** Opened when the first run begins. */
  readonly store: () => Promise<Store | Failure>;
  /** ISO 8601, UTC. */
  readonly now: () => string;
  readonly progress: (what: string) => void;
  readonly record: DryRunRecord;
};

export type DryRunRecord = {
  before: Sight | null;
  after: Sight | null;
  /** How often the database was looked at. */
  looks: number;
  /** Ids that the server gave our session, which should be none. */
  readonly transactionIds: string[];
  /** The bodies that the survey read, where there is no file. */
  replay: { readonly source: Uint8Array; readonly settings: NewSettings } | null;
  work: { readonly source: Uint8Array; readonly settings: NewSettings; readonly planned: Planned } | null;
  readonly runs: RunRecord[];
  trees: TreesAtOnce | null;
  switchAtStart: KillSwitchReading | null;
};

export type NewSettings = Omit<RunSettings, "schema" | "sourceSha256" | "surveySha256">;

export type DryGate = {
  readonly id: string;
  readonly claim: string;
  run(context: DryRunContext): Promise<Judgement>;
};

export function emptyDryRunRecord(): DryRunRecord {
  return {
    ...{ before: null, after: null, looks: 0, transactionIds: [], replay: null, work: null, runs: [] },
    ...{ trees: null, switchAtStart: null },
  };
}
