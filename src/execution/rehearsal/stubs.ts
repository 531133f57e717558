/**
 * rehearsal/stubs: what stands in a rehearsal for that which only a live run has: the approvals and the backup.
 *
 * Each is labelled, and lives inside a transaction that the server refuses to commit. The live path takes none of them:
 * an approval is verified by its signature, a backup is read back.
 */
import { sha256 } from "../../kernel/digest.ts";
import type { BackupArtifact } from "../backup-artifact.ts";
import type { Grant } from "../live-work.ts";

const REHEARSAL_LABEL = "CUTTER-REHEARSAL-STUB";

export const STUB_BACKUP: BackupArtifact = {
  fileName: `${REHEARSAL_LABEL}.gpg`,
  cipherSha256: sha256(REHEARSAL_LABEL),
  plainSha256: sha256(REHEARSAL_LABEL),
  manifestSha256: sha256(REHEARSAL_LABEL),
  keyFingerprint: "0".repeat(40),
  snapshotCounts: {},
  readBack: "none: nothing is backed up in a rehearsal",
};

export function stubGrant(runId: string, gate: Grant["gate"]): Grant {
  return {
    ...{ approvalId: `${REHEARSAL_LABEL}-${gate}-${runId}`, gate, authorities: [REHEARSAL_LABEL] },
    ...{
      keyFingerprints: ["none"],
      signatures: ["none"],
      documentSha256: sha256(`${REHEARSAL_LABEL} ${gate} ${runId}`),
    },
    ...{ expiresAt: "9999-12-31T23:59:59.000Z", note: "written by a rehearsal; it authorises nothing" },
  };
}
