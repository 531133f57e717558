/**
 * live-work: all that the phases of one run carry out: the plan, its source, what authorises it, who signs for it.
 *
 * A value, made once by the orchestrator when everything was made sure of, and handed to the production adapter and the
 * rehearsal alike. It holds no connection and decides nothing.
 */
import type { Cutplan } from "../flow/cutplan.ts";
import type { SourceDocument } from "../flow/document.ts";
import type { Manifest } from "../flow/manifest.ts";
import type { Gate } from "../flow/phase.ts";
import type { SurveyedUnit, TargetIdentity } from "../flow/survey.ts";
import type { Observer } from "../kernel/observer.ts";
import type { DotSigner } from "./dot-signer.ts";

/** An approval that was verified: what goes into `approval_grant` when it is consumed. */
export type Grant = {
  readonly approvalId: string;
  readonly gate: Gate | "REVERT" | "HARD_DELETE";
  /** Principals that signed, in the order of their keys and signatures; one or more. */
  readonly authorities: readonly string[];
  /** `SHA256:…`, as ssh-keygen prints it. */
  readonly keyFingerprints: readonly string[];
  /** Armored SSH signatures. */
  readonly signatures: readonly string[];
  /** Of the exact bytes that were signed. */
  readonly documentSha256: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
  readonly note: string;
};

/** A phase that was done before the first gate, as the run store has it. */
export type PlanningPhase = {
  readonly phase: string;
  readonly attempt: number;
  /** Canonical JSON. */
  readonly payload: string;
  readonly payloadSha256: string;
};

export type LiveWork = {
  readonly runId: string;
  readonly mode: "live" | "rehearsal";
  /** Of the run's owner: a ledger that has seen a higher one takes nothing from this process. */
  readonly fence: number;
  readonly target: TargetIdentity;
  readonly document: SourceDocument;
  readonly manifest: Manifest;
  readonly cutplan: Cutplan;
  /** The document's units when it was planned, less what the run itself has written since. */
  readonly surveyed: readonly SurveyedUnit[];
  readonly actor: string;
  readonly planning: readonly PlanningPhase[];
  readonly grants: { readonly [gate in Grant["gate"]]?: Grant };
  readonly signers: { readonly exec: DotSigner | null; readonly verify: DotSigner | null };
  /** Told how far a phase is, in its transaction: `unfailing`. Absent: nobody looks. */
  readonly observe?: Observer;
};
