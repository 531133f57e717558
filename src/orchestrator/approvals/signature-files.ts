/**
 * approvals/signature-files: where the signatures of an approval lie: FILE.sig, FILE.2.sig, FILE.3.sig …
 *
 * The first name is the one that ssh-keygen gives; a second authority's is put beside it. Reads only.
 */
import { existsSync } from "node:fs";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { readRegularFile } from "../../kernel/private-files/file.ts";

/** The bytes of the named files, or of those that lie beside the approval; none is an answer too. FILE_UNREADABLE. */
export function readSignatures(approvalPath: string, named: readonly string[] = []): readonly Uint8Array[] | Failure {
  const signatures: Uint8Array[] = [];
  for (const path of named.length > 0 ? named : besides(approvalPath)) {
    const bytes = readRegularFile(path, limits.signatureBytes);
    if (bytes instanceof Failure) return bytes;
    signatures.push(bytes);
  }
  return signatures;
}

/** Up to the first gap, and no more than an approval may have. */
function besides(approvalPath: string): readonly string[] {
  const names = Array.from({ length: limits.approvalAuthorities }, (_, index) =>
    signaturePath(approvalPath, index + 1),
  );
  const gap = names.findIndex((name) => !existsSync(name));
  return gap === -1 ? names : names.slice(0, gap);
}

/** `which` counts from 1. */
export function signaturePath(approvalPath: string, which: number): string {
  return which === 1 ? `${approvalPath}.sig` : `${approvalPath}.${which}.sig`;
}
