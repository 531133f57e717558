/**
 * backup-artifact: what is known of a backup that was made, encrypted and read back in full; and its row in the ledger.
 *
 * The row is written only with such a value, and leg A refuses without the row. Making one is backup's.
 */
import insertBackup from "../../sql/execution/insert-backup.sql" with { type: "text" };
import { canonicalJson } from "../kernel/digest.ts";
import { type Facts, Failure } from "../kernel/failure.ts";
import type { StatementRunner } from "./leg-a.ts";

export type BackupArtifact = {
  /** Name within the backup directory. */
  readonly fileName: string;
  /** Of the encrypted file, and of the dump before encryption; 64 hex digits. */
  readonly cipherSha256: string;
  readonly plainSha256: string;
  /** Of the manifest beside it, as it says of itself; 64 hex digits. */
  readonly manifestSha256: string;
  /** 40 hex digits. */
  readonly keyFingerprint: string;
  /** Rows by relation, in the snapshot of the dump. */
  readonly snapshotCounts: { readonly [relation: string]: number };
  /** How it was read back, and what that said. */
  readonly readBack: string;
};

export async function recordBackup(
  transaction: StatementRunner,
  runId: string,
  artifact: BackupArtifact,
): Promise<Facts | Failure> {
  const { fileName, cipherSha256, plainSha256, keyFingerprint, snapshotCounts, readBack } = artifact;
  const reply = await transaction.query(insertBackup, [
    ...[runId, fileName, cipherSha256, plainSha256, keyFingerprint, canonicalJson(snapshotCounts), readBack],
  ]);
  if (reply instanceof Failure) return reply;
  return {
    ...{ file_name: fileName, cipher_sha256: cipherSha256, plain_sha256: plainSha256 },
    manifest_sha256: artifact.manifestSha256,
    ...{ key_fingerprint: keyFingerprint, snapshot_counts: snapshotCounts, read_back: readBack },
  };
}
