/**
 * release-signature: SHA256SUMS of a release, signed with an SSH key, and what somebody types who verifies it.
 *
 * The namespace is release@cutter: a signature that was made for anything else, an approval say, holds for no release.
 * Nothing of cutter is needed to verify one. Called by scripts/release.ts.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findSshKeygen, signDocument } from "../../src/kernel/evidence/ssh-keygen.ts";
import { SIGNATURE_FILE, SUMS_FILE } from "../../src/kernel/evidence/sums.ts";
import { Failure } from "../../src/kernel/failure.ts";

const NAMESPACE = "release@cutter";

export type SigningKey = {
  /** A private key, or the public half of one that an agent or a hardware key holds. */
  readonly path: string;
  /** Whether ssh-keygen may talk with the person. */
  readonly talk: "show" | "read";
};

/** Writes SHA256SUMS.sig beside SHA256SUMS; the lines to verify it by. */
export async function signRelease(folder: string, { path, talk }: SigningKey): Promise<readonly string[] | Failure> {
  const program = findSshKeygen(null, process.env);
  if (program instanceof Failure) return program;
  const document = readFileSync(join(folder, SUMS_FILE));
  const signature = await signDocument(program, { key: path, namespace: NAMESPACE, document, talk }, process.env);
  if (signature instanceof Failure) return signature;
  writeFileSync(join(folder, SIGNATURE_FILE), signature);
  return verifyingLines();
}

/** In the folder of the files, with the signer's line in a file that came another way than the release. */
export function verifyingLines(): readonly string[] {
  return [
    `ssh-keygen -Y verify -f allowed_signers -I ${NAMESPACE} -n ${NAMESPACE} -s ${SIGNATURE_FILE} < ${SUMS_FILE}`,
    `sha256sum -c ${SUMS_FILE}`,
  ];
}

/** The line of allowed_signers for this public key, `ssh-ed25519 AAAA… comment`. */
export function signerLine(publicKey: string): string {
  const [kind, key] = publicKey.trim().split(" ");
  return `${NAMESPACE} namespaces="${NAMESPACE}" ${kind} ${key}`;
}
