/**
 * doctor/condition: what `cutter doctor` looked at, as it is handed to what judges it.
 *
 * Types alone. What could not be looked at has its reason in the place of an answer, so that it closes nothing. Made by
 * the verb; judged by doctor.ts.
 */
import type { RehearsalReport } from "../../report/rehearsal.ts";

/** A thing that is wrong, and the exact command or step for it. */
export type Problem = { readonly what: string; readonly next: string };

/** Whether a rehearsal still shows what a live run would do. */
export type Standing = "as rehearsed" | { readonly unknown: string } | { readonly changed: readonly string[] };

export type GateSigners = {
  readonly gate: string;
  /** How many people have to sign, and how many could now, each with a key of their own. */
  readonly required: number;
  readonly able: number;
  /** Those whose key does not hold now, e.g. `a@example.org until 20200101`. */
  readonly lapsed: readonly string[];
};

export type Condition = {
  /** What says off: files, the ledger, a HOLD that is owed. */
  readonly off: readonly Problem[];
  /** Of the server's clock, how far it is ahead of ours; a string says why it could not be asked. */
  readonly clock: { readonly aheadMs: number } | { readonly unknown: string };
  /** Of the newest live run that waits at its first gate. */
  readonly rehearsal: {
    readonly runId: string;
    readonly report: RehearsalReport | null;
    readonly standing: Standing;
  } | null;
  readonly contract: "holds" | { readonly wrong: string };
  readonly backupKey: "usable" | { readonly wrong: string };
  /** Directories, connections, programs and signing keys: what keeps a run, what is to be looked at, what was seen. */
  readonly place: {
    readonly problems: readonly Problem[];
    readonly remarks: readonly Problem[];
    readonly seen: readonly string[];
  };
  readonly approvers: readonly GateSigners[] | { readonly wrong: string };
  /** Units that the database has of the document of that run; a string says why that is not known. */
  readonly document: { readonly documentId: string; readonly units: number } | { readonly unknown: string };
};
