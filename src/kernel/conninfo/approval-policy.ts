/**
 * approval-policy: what [approvals] of the configuration says: whose approvals count, and how many are needed.
 *
 * Without an allowed_signers file no approval can be accepted; nothing in here lets one pass without its signature.
 * Made by configuration.ts; used by the orchestrator and by the verbs about approvals.
 */
import { limits } from "../limits.ts";

export const POLICY_GATES = ["SG1", "SG2", "REVERT", "HARD_DELETE"] as const;

export type PolicyGate = (typeof POLICY_GATES)[number];

export type ApprovalPolicy = {
  /** Absolute path of the allowed_signers file; null where none is configured. */
  readonly allowedSigners: string | null;
  /** How many people sign, gate by gate. */
  readonly required: { readonly [gate in PolicyGate]: number };
  /** How long an approval is written for where the command does not say. */
  readonly validForMs: number;
  /** The program with its first arguments; null for the ssh-keygen on the PATH. */
  readonly sshKeygen: readonly string[] | null;
};

export const NO_APPROVAL_POLICY: ApprovalPolicy = {
  allowedSigners: null,
  required: { SG1: 1, SG2: 1, REVERT: 1, HARD_DELETE: 1 },
  validForMs: limits.approvalMs,
  sshKeygen: null,
};
