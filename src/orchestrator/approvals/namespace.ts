/**
 * approvals/namespace: the word that a signature carries, one for each gate, so that none holds at another.
 *
 * Data. It stands in `ssh-keygen -n` and in `namespaces=` of the allowed_signers file.
 */
import type { ApprovalGate } from "../../flow/approval.ts";

export const NAMESPACES = {
  SG1: "sg1@cutter",
  SG2: "sg2@cutter",
  REVERT: "revert@cutter",
  HARD_DELETE: "hard-delete@cutter",
} as const satisfies { readonly [gate in ApprovalGate]: string };
