/**
 * evidence/private-key: a private Ed25519 key in PEM (PKCS #8) from a file that only its owner may read.
 *
 * `openssl genpkey -algorithm ed25519` makes one. What it holds is a secret from the moment that it is read. Called for
 * the keys of the DOT pair and for the one of attestations.
 */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { readPrivateFile } from "../private-files/file.ts";
import { registerSecret } from "./redaction.ts";

/** SIGNING_KEY_INVALID, FILE_NOT_PRIVATE, FILE_UNREADABLE. */
export function readEd25519Key(path: string): KeyObject | Failure {
  const bytes = readPrivateFile(path, limits.signingKeyBytes);
  if (bytes instanceof Failure) return bytes;
  registerSecret(Buffer.from(bytes).toString("latin1"));
  const key = parseKey(bytes);
  if (key?.asymmetricKeyType === "ed25519") return key;
  return new Failure("SIGNING_KEY_INVALID", `${path} holds no private Ed25519 key in PEM`);
}

/** What a library says of a key that it cannot read may quote the key, so it is not kept. */
function parseKey(bytes: Uint8Array): KeyObject | null {
  try {
    return createPrivateKey({ key: Buffer.from(bytes), format: "pem" });
  } catch {
    return null;
  }
}
