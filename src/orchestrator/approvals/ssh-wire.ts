/**
 * approvals/ssh-wire: the strings of OpenSSH's binary form (RFC 4251 §5), and how a key is called.
 *
 * Only what is needed to say which key made a signature; whether the signature holds is ssh-keygen's to say. Pure.
 */
import { sha256Base64 } from "../../kernel/digest.ts";

export type WireString = { readonly value: Uint8Array; readonly next: number };

/** null where the bytes end too early. */
export function readWireString(bytes: Uint8Array, offset: number): WireString | null {
  if (offset + 4 > bytes.byteLength) return null;
  const start = offset + 4;
  const next = start + new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset);
  return next > bytes.byteLength ? null : { value: bytes.subarray(start, next), next };
}

/** `SHA256:…`, as ssh-keygen prints it. */
export function fingerprintOf(publicKey: Uint8Array): string {
  return `SHA256:${sha256Base64(publicKey)}`;
}

/** null for what is not the one way to write these bytes. */
export function decodeBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
