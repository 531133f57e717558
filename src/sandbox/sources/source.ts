/**
 * sources/source: what a sandbox is made from, and production as far as it can be asked: types only.
 *
 * Each of the three (reference, live, backup) writes `dump` into the sandbox's directory, which pg_restore takes, and
 * knows what must be in it. Whatever it asks of production it asks read-only. Implemented beside this file.
 */
import type { Failure } from "../../kernel/failure.ts";
import type { Identity, Reading } from "../gates/before.ts";
import type { Contents } from "../gates/server.ts";
import type { ProductionState } from "../gates/verification.ts";
import type { DumpedRows } from "../restored-rows.ts";
import type { SourceKind } from "../words.ts";
import type { ForeignRoles } from "./foreign-roles.ts";

export type Source = {
  readonly kind: SourceKind;
  /** Which database, without a password. */
  readonly line: string;
  readonly identity: Identity;
  /** Of what was dumped; null where nothing is. */
  readonly reading: Reading | null;
  /** Rows and digest of each relation that a cut can write, in the dump's snapshot. */
  readonly contents: readonly Contents[];
  /** Of every table in the dump, as it was read back; a backup's are those above. */
  readonly dumpedRows: DumpedRows;
  /** Of the database, e.g. `UTF8`. */
  readonly encoding: string;
  /** Of production. */
  readonly roles: ForeignRoles;
  /** What is not known of it, and has to be said in the report. */
  readonly remarks: readonly string[];
  /** Absolute path; null where nothing is dumped: the embedded engine is loaded from the same SQL. */
  readonly dump: string | null;
  /** Before the scenarios. */
  readonly before: ProductionState;
  /** Asked anew. */
  state(): Promise<ProductionState | Failure>;
  /** Names of the sessions that this source opened. */
  recorded(): readonly string[];
  /** From before the first scenario. */
  watch(): Promise<Watch | Failure>;
};

/** What production says of the sandbox, as far as it was seen. */
export type Seen = {
  /** Names of the sandbox's sessions that came there. */
  readonly sessions: readonly string[];
  /** Those of the sandbox's runs that its ledger has. */
  readonly runs: readonly string[];
  /** How it was asked; of a backup, that it was not. */
  readonly how: string;
};

export type Watch = {
  /** `runIds`: of the sandbox's own runs. */
  seen(runIds: readonly string[]): Promise<Seen | Failure>;
  end(): Promise<void>;
};
