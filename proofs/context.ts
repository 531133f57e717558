/**
 * context: all that a proof may use, as functions, so that a sabotage can replace any one of them; and what a target
 * is.
 *
 * Connections are opened when first asked for and shared by the battery: one session for the proof, one for the
 * witness, which is all that the roles allow. `record` is what earlier proofs found; the report is made from it. A
 * target never judges by itself whether rows stayed: that is PROOF-6. Made by run.ts; never kept beyond one battery.
 */
import type { CountOptions, CountRequest, RelationCount } from "../src/kernel/counts/request.ts";
import type { Fact, Facts, Failure } from "../src/kernel/failure.ts";
import type { KillSwitchReading } from "../src/kernel/kill-switch.ts";
import { limits } from "../src/kernel/limits.ts";
import type { Effects, Escape } from "../src/kernel/rollback-only/effects.ts";
import type { SessionIdentity } from "../src/kernel/rollback-only/identity.ts";
import type { Session } from "../src/kernel/session/session.ts";
import type { OtherWriter, Witness } from "../src/kernel/witness.ts";
import type { Mismatch } from "../src/report/battery.ts";
import type { Judgement } from "../src/report/judgement.ts";

export type Connections = {
  /** `single`: the embedded engine has one session, so the witness can only look after the rollback. */
  readonly sessions: "two" | "single";
  proof(): Promise<Session | Failure>;
  witness(): Promise<Witness | Failure>;
  close(): Promise<void>;
};

export type ProofOptions = {
  readonly retries: number;
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly counts: CountOptions;
  /** Rules waived by name, e.g. `superuser`, `escape:dblink`. */
  readonly allowances: readonly string[];
  /** --expect-role, else what the target expects. */
  readonly expectedRole: string | null;
  /** Fail the proof when exceeded; null: no bound. */
  readonly maxLockMs: number | null;
  readonly maxRows: number | null;
};

/** The longest that the transaction stands still, every lock held, while the witness looks: kept by the server. */
export function longestLookMs({ counts }: Pick<ProofOptions, "counts">): number {
  return counts.mode === "exact" ? limits.exactRendezvousTimeoutMs : limits.rendezvousTimeoutMs;
}

/** One run of the transaction with what the witness saw around it. */
export type Take = {
  readonly watched: readonly CountRequest[];
  readonly before: readonly RelationCount[];
  readonly during: readonly RelationCount[] | null;
  readonly drive: Drive | Failure;
  /** 32-bit ids of the transaction and its sub-transactions. */
  readonly transactionIds: readonly string[];
  readonly xid: string | null;
  readonly durationMs: number;
  readonly after: readonly RelationCount[] | null;
  readonly otherWriters: readonly OtherWriter[];
};

/** A take that was disturbed and taken again, and what had moved. */
type EarlierTake = { readonly take: Take; readonly moved: readonly Mismatch[] };

export type BatteryRecord = {
  target: ProofTarget | null;
  identity: SessionIdentity | null;
  take: Take | null;
  attempts: number;
  /** Takes that were disturbed and taken again, the first one first. */
  earlier: readonly EarlierTake[];
  /** What every source of the kill switch said at PROOF-1; empty before it ran. */
  switchAtStart: string;
  /** Relations of users that --max-relations left out. */
  unwatched: number;
  /** What PROOF-4 found that may reach outside the transaction, accepted or only listed. */
  escapes: readonly Escape[];
};

export type ProofContext = {
  readonly options: ProofOptions;
  readonly connections: Connections;
  readonly killSwitch: () => KillSwitchReading;
  readonly target: () => Promise<ProofTarget | Failure>;
  /** Called between the ROLLBACK and the last look; does nothing but in a sabotage. */
  readonly afterRollback: () => Promise<Failure | null>;
  /** Runs SQL as the owner of what is driven: for sabotages only. Null where cutter was given no such right. */
  readonly asOwner: ((statements: readonly string[]) => Promise<Failure | null>) | null;
  readonly record: BatteryRecord;
};

export function emptyRecord(): BatteryRecord {
  return {
    target: null,
    identity: null,
    take: null,
    attempts: 0,
    earlier: [],
    switchAtStart: "",
    unwatched: 0,
    escapes: [],
  };
}

export type TargetKind = "iu" | "sql" | "spec" | "generic";

/** What the proof's own transaction did, told after it was rolled back. */
export type Drive = {
  readonly tier: "sealed" | "guarded";
  readonly effects: Effects;
  readonly facts: Facts;
  /** Rows of the watched relations seen from inside, after the writes; null where not taken, as a whole or of one. */
  readonly inTransaction: readonly (RelationCount | null)[] | null;
  /** Milliseconds, included in how long locks were held, that the witness looked; null where it was not measured. */
  readonly lookedMs: number | null;
};

/** Called while the proof's transaction is open and has written all that it will. */
export type Moment = (xid: string | null) => Promise<Failure | null>;

export type DriveOrder = {
  readonly session: Session;
  readonly watched: readonly CountRequest[];
  /** What the witness saw; nothing may be written sooner, setting up may be done meanwhile. */
  readonly lookedBefore: () => Promise<readonly RelationCount[] | Failure>;
  readonly moment: Moment;
};

/** Rows that must not exist after the rollback, found by a query of the target's own. */
export type LeakQuery = {
  readonly what: string;
  /** A SELECT of one row, whose column `rows` must be 0. */
  readonly text: string;
  readonly parameters: readonly string[];
  /** What an operator wrote is scanned for escapes first, and finds names as his role does. */
  readonly writtenBy: "cutter" | "operator";
};

export type ProofTarget = {
  readonly kind: TargetKind;
  readonly name: string;
  readonly chosenBecause: string;
  readonly tier: "sealed" | "guarded";
  /** The role that must drive it, or null where any may. */
  readonly expectedRole: string | null;
  /** PROOF-2: what refuses a write that was not meant. */
  refuses(context: ProofContext): Promise<Judgement>;
  /** PROOF-4: what is driven keeps its contract. */
  contract(context: ProofContext): Promise<Judgement>;
  /** The relations whose rows are counted before, during and after; the first ones matter most. */
  watched(context: ProofContext): Promise<readonly CountRequest[] | Failure>;
  /** PROOF-5: the write itself, in a transaction that the server refuses to commit. */
  drive(context: ProofContext, order: DriveOrder): Promise<Drive | Failure>;
  /** PROOF-5: what of the drive is not as declared. */
  judgeDrive(drive: Drive): readonly Mismatch[];
  /** PROOF-5: what of it differs because of the proof or of other sessions that wrote meanwhile: nobody can tell. */
  disturbances?(drive: Drive, before: readonly RelationCount[]): readonly Mismatch[];
  /** PROOF-6: how leaked rows are looked for. */
  readonly leaks: readonly LeakQuery[];
  /** Settings of the run that belong into the report. */
  readonly settings: { readonly [key: string]: Fact };
};
