/**
 * evidence/verify-seals: whether the seals of an evidence folder hold, and by whose key they are.
 *
 * Reads only; asked after verify.ts has found each file as SHA256SUMS has it. A seal by another key than the configured
 * one is an alteration: whoever forges a folder can seal it too. Without a configured key it says which key it was, and
 * that nobody has compared it. Called by `cutter verify`.
 */
import { join } from "node:path";
import { timestamp } from "../clock.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { readPrivateFile } from "../private-files/file.ts";
import { parseAttestation } from "./attestation.ts";
import { SEAL_NAMESPACE, SEAL_PRINCIPAL, signerLine } from "./seal.ts";
import type { SealKeys } from "./seal-keys.ts";
import { findSshKeygen, type SshKeygen, verifySignature } from "./ssh-keygen.ts";
import { sshSignatureProblem } from "./ssh-signature.ts";
import { ATTESTATION_FILE, SIGNATURE_FILE, SIGNER_FILE, SUMS_FILE } from "./sums.ts";
import { altered, type VerifiedEvidence } from "./verify.ts";

export type SealQuestion = {
  readonly directory: string;
  readonly digests: VerifiedEvidence["digests"];
  readonly keys: SealKeys;
  /** Of the configuration; null for the one on the PATH. */
  readonly sshKeygen: SshKeygen | null;
};

/** Whether there is a seal at all. */
export function isSealed(digests: VerifiedEvidence["digests"]): boolean {
  return digests.has(ATTESTATION_FILE) || digests.has(SIGNER_FILE);
}

/** One sentence for each seal; EVIDENCE_ALTERED names the one that does not hold, SSH_KEYGEN_* where none can say. */
export async function verifySeals(question: SealQuestion): Promise<readonly string[] | Failure> {
  const attested = question.digests.has(ATTESTATION_FILE) ? verifyAttestation(question) : null;
  if (attested instanceof Failure) return attested;
  const signed = question.digests.has(SIGNER_FILE) ? await verifySums(question) : null;
  if (signed instanceof Failure) return signed;
  return [attested, signed].filter((sentence) => sentence !== null);
}

function verifyAttestation({ directory, digests, keys }: SealQuestion): string | Failure {
  const text = textOf(directory, ATTESTATION_FILE);
  if (text instanceof Failure) return text;
  const attestation = parseAttestation(text, digests);
  if (typeof attestation === "string") return altered("changed", ATTESTATION_FILE, attestation);
  const { keyId, isBy } = attestation;
  if (keys.attest === null)
    return `${ATTESTATION_FILE} is signed with ${keyId}, not checked: no attest_key is configured`;
  if (isBy(keys.attest)) return `${ATTESTATION_FILE} is signed with ${keyId}, the configured key, and it holds`;
  return altered("changed", ATTESTATION_FILE, `is not signed by the configured key, but says: ${keyId}`);
}

async function verifySums({ directory, keys, sshKeygen }: SealQuestion): Promise<string | Failure> {
  const [signer, signature, sums] = [SIGNER_FILE, SIGNATURE_FILE, SUMS_FILE].map((name) => textOf(directory, name));
  for (const text of [signer, signature, sums]) if (text instanceof Failure) return text;
  const [, publicKey = ""] = /^\S+ \S+ (\S+ \S+)\n$/.exec(String(signer)) ?? [];
  if (signer !== signerLine(publicKey)) return altered("malformed", SIGNER_FILE, "is not as cutter writes it");
  const problem = sshSignatureProblem(String(signature), publicKey);
  if (problem !== null) return altered("changed", SIGNATURE_FILE, problem);
  const program = keys.ssh?.program ?? findSshKeygen(sshKeygen, process.env);
  if (program instanceof Failure) return program;
  const answer = await verifySignature(program, {
    ...{ allowedSigners: join(directory, SIGNER_FILE), signature: join(directory, SIGNATURE_FILE) },
    ...{ principal: SEAL_PRINCIPAL, namespace: SEAL_NAMESPACE, document: Buffer.from(String(sums)), now: timestamp() },
  });
  if (answer instanceof Failure) return answer;
  if ("reason" in answer) return altered("changed", SIGNATURE_FILE, `does not hold: ${answer.reason}`);
  const by = `${SUMS_FILE} is signed with ${answer.keyFingerprint}`;
  if (keys.ssh === null) return `${by}, and it holds; whose key that is was not checked: no ssh_key is configured`;
  if (keys.ssh.publicKey === publicKey) return `${by}, the configured key, and it holds`;
  return altered("changed", SIGNATURE_FILE, `is not by the configured key, but by ${answer.keyFingerprint}`);
}

function textOf(directory: string, name: string): string | Failure {
  const bytes = readPrivateFile(join(directory, name), limits.evidenceFileBytes);
  return bytes instanceof Failure ? bytes : Buffer.from(bytes).toString("utf8");
}
