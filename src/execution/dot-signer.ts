/**
 * dot-signer: one half of the DOT pair: signs the digest of a change set for one leg, with Ed25519 (RFC 8032).
 *
 * What is signed names the leg, so that a signature of one leg is none of the other. The key is handed in; reading its
 * file, and whether that may be trusted, is the orchestrator's. Called by leg B, by write_verify, and to check both.
 */
import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { sha256Base64 } from "../kernel/digest.ts";

export type Leg = "exec" | "verify";

export type DotSignature = {
  readonly leg: Leg;
  /** Of the change set: change-set.ts. */
  readonly payloadSha256: string;
  /** `SHA256:<base64>` of the public key as SubjectPublicKeyInfo (RFC 5280), in DER. */
  readonly keyFingerprint: string;
  /** Base64. */
  readonly signature: string;
};

export type DotSigner = {
  readonly leg: Leg;
  readonly keyFingerprint: string;
  readonly sign: (payloadSha256: string) => DotSignature;
  /** Whether it is a signature of this key and leg. */
  readonly verifies: (signature: DotSignature) => boolean;
};

/** Throws where the key is no private Ed25519 key: whoever reads it has checked that. */
export function dotSigner(leg: Leg, privateKey: KeyObject): DotSigner {
  if (privateKey.type !== "private" || privateKey.asymmetricKeyType !== "ed25519") {
    throw new TypeError("a DOT signature is made with a private Ed25519 key");
  }
  const publicKey = createPublicKey(privateKey);
  const keyFingerprint = dotFingerprint(publicKey);
  return {
    leg,
    keyFingerprint,
    sign: (payloadSha256) => {
      const signature = sign(null, signedBytes(leg, payloadSha256), privateKey).toString("base64");
      return { leg, payloadSha256, keyFingerprint, signature };
    },
    verifies: (signature) => signature.leg === leg && verifiesDot(signature, publicKey),
  };
}

function dotFingerprint(publicKey: KeyObject): string {
  return `SHA256:${sha256Base64(publicKey.export({ type: "spki", format: "der" }))}`;
}

/** Whether this key made this signature, for this leg and digest. */
function verifiesDot(signature: DotSignature, publicKey: KeyObject): boolean {
  if (signature.keyFingerprint !== dotFingerprint(publicKey)) return false;
  const bytes = Buffer.from(signature.signature, "base64");
  return verify(null, signedBytes(signature.leg, signature.payloadSha256), publicKey, bytes);
}

function signedBytes(leg: Leg, payloadSha256: string): Buffer {
  return Buffer.from(`cutter dot/v1 ${leg} ${payloadSha256}\n`);
}
