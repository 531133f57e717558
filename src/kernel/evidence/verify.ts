/**
 * evidence/verify: recomputes the digests of an evidence folder and names the first thing that does not fit.
 *
 * Reads only. Judges the folder against its own SHA256SUMS: shows any change, loss or addition made by someone who did
 * not rewrite that file too; its own digest is handed back, to be compared with one that was kept elsewhere. Whether
 * its seals hold is asked by verify-seals.ts.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { sha256 } from "../digest.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { checkPrivateDirectory } from "../private-files/directory.ts";
import { readPrivateFile } from "../private-files/file.ts";
import { parseSums, SIGNATURE_FILE, SIGNER_FILE, SUMS_FILE } from "./sums.ts";

export type VerifiedEvidence = {
  readonly files: readonly string[];
  /** Name to SHA-256. */
  readonly digests: ReadonlyMap<string, string>;
  /** SHA-256 of SHA256SUMS. */
  readonly digest: string;
};

/** EVIDENCE_ALTERED with `facts.what` and `facts.name`; FILE_NOT_PRIVATE or FILE_UNREADABLE where it cannot be read. */
export function verifyEvidence(directory: string): VerifiedEvidence | Failure {
  const open = checkPrivateDirectory(directory);
  if (open !== null) return open;
  const present = new Set(fs.readdirSync(directory));
  if (!present.has(SUMS_FILE)) return altered("missing", SUMS_FILE, "is missing, so nothing can be compared");
  const sums = readPrivateFile(join(directory, SUMS_FILE), limits.evidenceFileBytes);
  if (sums instanceof Failure) return sums;
  const digests = parseSums(Buffer.from(sums).toString("utf8"));
  if (typeof digests === "string") return altered("malformed", SUMS_FILE, `is not as cutter writes it: ${digests}`);
  for (const [name, digest] of digests) {
    if (!present.has(name)) return altered("missing", name, `is listed in ${SUMS_FILE} and missing`);
    const content = readPrivateFile(join(directory, name), limits.evidenceFileBytes);
    if (content instanceof Failure) return content;
    if (sha256(content) !== digest)
      return altered("changed", name, `was changed: ${SUMS_FILE} has another digest of it`);
  }
  const isOwed = digests.has(SIGNER_FILE);
  if (isOwed && !present.has(SIGNATURE_FILE)) return altered("missing", SIGNATURE_FILE, "is missing");
  const beside = isOwed ? [SUMS_FILE, SIGNATURE_FILE] : [SUMS_FILE];
  const extra = [...present].sort().find((name) => !beside.includes(name) && !digests.has(name));
  if (extra !== undefined) return altered("extra", extra, `is not listed in ${SUMS_FILE}`);
  return { files: [...digests.keys()], digests, digest: sha256(sums) };
}

/** What does not fit; verify-seals.ts says it in the same words. */
export function altered(what: "missing" | "malformed" | "changed" | "extra", name: string, sentence: string): Failure {
  return new Failure("EVIDENCE_ALTERED", `${name} ${sentence}`, { facts: { what, name } });
}
