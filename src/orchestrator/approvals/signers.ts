/**
 * approvals/signers: which authority of an approval signed it, with which key; and what is wrong where one did not.
 *
 * Each authority needs a signature of its own, by a key that nobody else of the document signs with, in the namespace
 * of the gate. ssh-keygen judges copies of what was checked here, in a private folder that is gone afterwards. Called
 * by judge-approval.ts.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SshKeygen, verifySignature } from "../../kernel/evidence/ssh-keygen.ts";
import { Failure } from "../../kernel/failure.ts";
import { checkWay } from "../../kernel/private-files/directory.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import { removeQuietly, writePrivateFile } from "../../kernel/private-files/file.ts";
import type { AllowedSigner, AllowedSigners } from "./allowed-signers.ts";
import type { Signature } from "./signature.ts";

export type Signer = { readonly authority: string; readonly keyFingerprint: string; readonly signature: string };

export type SignerQuestion = {
  readonly authorities: readonly string[];
  readonly namespace: string;
  readonly allowed: AllowedSigners;
  readonly signatures: readonly Signature[];
  readonly document: Uint8Array;
  readonly program: SshKeygen;
  /** ISO 8601, UTC. */
  readonly now: string;
};

/** In the order of the authorities; those that did not sign are missing, and are in `faults`. */
export type Signers = { readonly signers: readonly Signer[]; readonly faults: readonly Failure[] };

/** SSH_KEYGEN_FAILED, SSH_KEYGEN_MISSING, FILE_WRITE_FAILED: then nothing is known of the signatures. */
export async function findSigners(question: SignerQuestion): Promise<Signers | Failure> {
  const { authorities, signatures } = question;
  if (signatures.length === 0) return { signers: [], faults: [refused("it is not signed")] };
  const folder = writeCopies(question);
  if (folder instanceof Failure) return folder;
  try {
    const signers: Signer[] = [];
    const faults: Failure[] = [];
    for (const authority of authorities) {
      const signer = await findSigner(authority, { ...question, folder });
      if (signer instanceof Failure && signer.code !== "STOP_APPROVAL_INVALID") return signer;
      if (signer instanceof Failure) faults.push(signer);
      else signers.push(signer);
    }
    return { signers, faults: [...faults, ...refuseShared(signers), ...refuseStrays(question)] };
  } finally {
    removeQuietly(folder);
  }
}

function writeCopies({ allowed, signatures }: SignerQuestion): string | Failure {
  let folder: string;
  try {
    folder = mkdtempSync(join(tmpdir(), "cutter-approval-"));
  } catch (cause) {
    return new Failure("FILE_WRITE_FAILED", failedCall("make a folder for signatures", cause), {
      facts: { errno: errnoOf(cause) },
      data: "The run stands where it stood; nothing was written.",
      cause,
    });
  }
  // In a TMPDIR that others may write, somebody could put other copies in the place of these.
  const loose = checkWay(folder);
  if (loose !== null) {
    removeQuietly(folder);
    return loose;
  }
  const copies = [allowed.bytes, ...signatures.map(({ armored }) => armored)];
  for (const [index, content] of copies.entries()) {
    const failure = writePrivateFile(join(folder, `${index}`), content);
    if (failure === null) continue;
    removeQuietly(folder);
    return failure;
  }
  return folder;
}

type Search = SignerQuestion & { readonly folder: string };

async function findSigner(authority: string, search: Search): Promise<Signer | Failure> {
  const { allowed, namespace, signatures } = search;
  const listed = allowed.signers.filter(({ principals }) => principals.includes(authority));
  if (listed.length === 0) return refused(`${authority} is not listed in ${allowed.path}`);
  const may = listed.filter(({ namespaces }) => namespaces.includes(namespace));
  if (may.length === 0) return refused(`${authority} may not sign for ${namespace}, by ${allowed.path}`);
  const own = [...signatures.entries()].filter(([, signature]) => isBy(signature, listed));
  const reasons: string[] = [];
  for (const [index, signature] of own) {
    const verified = await judge({ authority, signature, index }, search);
    if (verified instanceof Failure) return verified;
    if ("keyFingerprint" in verified) return { authority, signature: signature.armored, ...verified };
    reasons.push(verified.reason);
  }
  const keys = signatures.map(({ keyFingerprint }) => keyFingerprint).join(", ");
  const why = reasons.length > 0 ? reasons.join("; ") : `it was signed by ${keys}, which is no key of theirs`;
  return refused(`${authority} did not sign it for ${namespace}: ${why}`);
}

type Candidate = { readonly authority: string; readonly signature: Signature; readonly index: number };

async function judge({ authority, signature, index }: Candidate, search: Search) {
  const { namespace, folder, program, document, now, allowed } = search;
  const verified = await verifySignature(program, {
    ...{ allowedSigners: join(folder, "0"), signature: join(folder, `${index + 1}`), principal: authority },
    ...{ namespace, document, now },
  });
  if (verified instanceof Failure) return verified;
  if ("reason" in verified) {
    const other = signature.namespace === namespace ? "" : `, it was signed for ${signature.namespace}`;
    const reason = verified.reason.replace(join(folder, "0"), allowed.path);
    return { reason: `${signature.keyFingerprint}: ${reason}${other}` };
  }
  // What ssh-keygen found must be what stands in the file and in the signature: three readings of one key.
  if (verified.keyFingerprint === signature.keyFingerprint) return verified;
  const keys = `${verified.keyFingerprint}, and the signature has ${signature.keyFingerprint}`;
  return new Failure("SSH_KEYGEN_FAILED", `ssh-keygen says that it was signed by ${keys}`);
}

function isBy({ keyFingerprint }: Signature, listed: readonly AllowedSigner[]): boolean {
  return listed.some((signer) => signer.keyFingerprint === keyFingerprint);
}

/** Two names with one key are one person. */
function refuseShared(signers: readonly Signer[]): readonly Failure[] {
  return signers.flatMap(({ authority, keyFingerprint }, index) => {
    const first = signers.slice(0, index).find((earlier) => earlier.keyFingerprint === keyFingerprint);
    return first === undefined ? [] : [refused(`${first.authority} and ${authority} signed with one key`)];
  });
}

/** What is not understood is not passed over: each signature is of somebody whom the document names. */
function refuseStrays({ authorities, signatures }: SignerQuestion): readonly Failure[] {
  if (signatures.length <= authorities.length) return [];
  return [refused(`it has ${signatures.length} signatures and names ${authorities.length} authorities`)];
}

function refused(why: string): Failure {
  return new Failure("STOP_APPROVAL_INVALID", `the approval does not hold: ${why}`);
}
