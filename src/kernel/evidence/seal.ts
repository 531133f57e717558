/**
 * evidence/seal: the seals of an evidence folder, made before it is written: who vouches for its files.
 *
 * Each covers what was made before it: attestation.json all other files; SHA256SUMS all files, attestation.json too;
 * SHA256SUMS.sig SHA256SUMS. So the digest of SHA256SUMS, which the run store notes, covers all but that signature; and
 * that it is owed stands in SHA256SUMS, as SHA256SUMS.signer. Called by whoever writes evidence.
 */
import { sha256 } from "../digest.ts";
import { Failure } from "../failure.ts";
import { attestationText, type TestResult } from "./attestation.ts";
import { asWritten, type EvidenceRequest, evidenceSums, writeEvidence } from "./folder.ts";
import { redactFact } from "./redaction.ts";
import type { SealKeys } from "./seal-keys.ts";
import { signDocument } from "./ssh-keygen.ts";
import { sshSignatureProblem } from "./ssh-signature.ts";
import { ATTESTATION_FILE, SIGNER_FILE } from "./sums.ts";

type Files = EvidenceRequest["files"];

export const SEAL_NAMESPACE = "evidence@cutter";
export const SEAL_PRINCIPAL = "cutter";

/** The line of allowed_signers by which ssh-keygen accepts the signature. */
export function signerLine(publicKey: string): string {
  return `${SEAL_PRINCIPAL} namespaces="${SEAL_NAMESPACE}" ${publicKey}\n`;
}

/** The files with those that seal them; the same for the same files, result and keys. */
export function sealedFiles(files: Files, result: TestResult, { attest, ssh }: SealKeys): Files {
  const signed = ssh === null ? files : { ...files, [SIGNER_FILE]: signerLine(ssh.publicKey) };
  if (attest === null) return signed;
  const digests = new Map(Object.entries(signed).map(([name, content]) => [name, sha256(asWritten(name, content))]));
  const clean = redactFact(result) as TestResult;
  return { ...signed, [ATTESTATION_FILE]: attestationText(digests, clean, attest) };
}

/**
 * The path of the folder, written with the signature that is owed; that need not be the same each time. What writing
 * answers, and SSH_KEYGEN_FAILED, SIGNING_KEY_INVALID.
 */
export async function writeSigned(request: EvidenceRequest, keys: SealKeys): Promise<string | Failure> {
  const signature = await signSums(request.files, keys);
  return signature instanceof Failure ? signature : writeEvidence({ ...request, signature });
}

/** The text of SHA256SUMS.sig; null where no key is configured. */
async function signSums(files: Files, { ssh }: SealKeys): Promise<string | null | Failure> {
  if (ssh === null) return null;
  const document = Buffer.from(evidenceSums(files));
  const order = { key: ssh.path, namespace: SEAL_NAMESPACE, document, talk: "read" } as const;
  const signature = await signDocument(ssh.program, order, process.env);
  if (signature instanceof Failure) return signature;
  const problem = sshSignatureProblem(signature, ssh.publicKey);
  if (problem === null) return signature;
  return new Failure("SIGNING_KEY_INVALID", `the signature by ${ssh.path} ${problem}`, {
    hint: `ssh-keygen -y -f ${ssh.path} shows the public half that belongs beside it.`,
  });
}
