/**
 * context: all that a proof may use, as functions, so that a sabotage can replace any one of them.
 *
 * Connections are opened when first asked for and shared by the battery: one session for the proof, one for the witness,
 * which is all that the roles allow. `record` is what earlier proofs found; the report is made from it. Made by the
 * commands, given to each proof; never kept beyond one battery.
 */
import type { CountOptions, CountRequest, RelationCount } from "../src/kernel/counts/count.ts";
import type { Failure } from "../src/kernel/failure.ts";
import type { KillSwitchReading } from "../src/kernel/kill-switch.ts";
import type { SessionIdentity } from "../src/kernel/rollback-only/identity.ts";
import type { Session } from "../src/kernel/session/session.ts";
import type { OtherWriter, Witness } from "../src/kernel/witness.ts";
import type { Drive, ProofTarget } from "./target.ts";

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

export type BatteryRecord = {
  target: ProofTarget | null;
  identity: SessionIdentity | null;
  take: Take | null;
  attempts: number;
  /** What every source of the kill switch said at PROOF-1; empty before it ran. */
  switchAtStart: string;
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
  return { target: null, identity: null, take: null, attempts: 0, switchAtStart: "" };
}
