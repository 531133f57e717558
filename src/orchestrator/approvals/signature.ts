/**
 * approvals/signature: an armored SSH signature: by which key it says that it is, and for which namespace.
 *
 * What it says is used to find the authority that it may be of, and for the words of a refusal. It proves nothing:
 * ssh-keygen judges the same bytes. The form: PROTOCOL.sshsig of OpenSSH. Pure.
 */
import { Failure } from "../../kernel/failure.ts";
import { decodeBase64, fingerprintOf, readWireString, textOf } from "./ssh-wire.ts";

export type Signature = {
  readonly armored: string;
  /** `SHA256:…` of the key in it. */
  readonly keyFingerprint: string;
  readonly namespace: string;
};

const ARMOR = /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)-----END SSH SIGNATURE-----\n?$/;
const MAGIC = "SSHSIG";
const KEY_OFFSET = MAGIC.length + 4;

/** STOP_APPROVAL_INVALID where it is no signature of that form; `which` is its place, from 1. */
export function parseSignature(bytes: Uint8Array, which: number): Signature | Failure {
  const armored = textOf(bytes);
  const blob = decodeBase64(ARMOR.exec(armored)?.[1]?.replaceAll("\n", "") ?? " ");
  const key = blob === null ? null : readWireString(blob, KEY_OFFSET);
  const namespace = blob === null || key === null ? null : readWireString(blob, key.next);
  if (blob === null || key === null || namespace === null || textOf(blob.subarray(0, MAGIC.length)) !== MAGIC) {
    return new Failure("STOP_APPROVAL_INVALID", `signature ${which} is no armored SSH signature`, {
      hint: "ssh-keygen -Y sign writes one; take its file as it is.",
    });
  }
  return { armored, keyFingerprint: fingerprintOf(key.value), namespace: textOf(namespace.value) };
}
