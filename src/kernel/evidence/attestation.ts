/**
 * evidence/attestation: attestation.json: an in-toto Statement about all evidence files, in a DSSE envelope.
 *
 * The result of a test run (predicate test-result/v0.1), signed with Ed25519, which gives the same bytes for the same
 * files and key. Sources: in-toto attestation spec v1; DSSE protocol 1.0.2; RFC 8032. Pure; made by seal.ts, judged by
 * verify-seals.ts.
 */
import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { canonicalJson, sha256Base64 } from "../digest.ts";
import { ATTESTATION_FILE } from "./sums.ts";

const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** https://in-toto.io/attestation/test-result/v0.1 */
export type TestResult = {
  readonly result: "PASSED" | "FAILED";
  /** What was tested and how, each with a name and content or digests (ResourceDescriptor). */
  readonly configuration: readonly {
    readonly name: string;
    readonly mediaType?: string;
    /** Base64. */
    readonly content?: string;
    readonly digest?: { readonly sha256: string };
  }[];
  readonly passedTests: readonly string[];
  readonly warnedTests: readonly string[];
  readonly failedTests: readonly string[];
};

/** `SHA256:<base64>` of the public key as SubjectPublicKeyInfo, as in the DOT pair. */
function keyIdOf(key: KeyObject): string {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return `SHA256:${sha256Base64(publicKey.export({ type: "spki", format: "der" }))}`;
}

/** The text of attestation.json. `digests`: name to SHA-256 of each other file. */
export function attestationText(digests: ReadonlyMap<string, string>, result: TestResult, key: KeyObject): string {
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: subjectsOf(digests),
    predicateType: "https://in-toto.io/attestation/test-result/v0.1",
    predicate: result,
  };
  const payload = Buffer.from(canonicalJson(statement));
  const signature = sign(null, preAuthentication(payload), key).toString("base64");
  const signatures = [{ keyid: keyIdOf(key), sig: signature }];
  return `${canonicalJson({ payload: payload.toString("base64"), payloadType: PAYLOAD_TYPE, signatures })}\n`;
}

function subjectsOf(digests: ReadonlyMap<string, string>): readonly object[] {
  return [...digests].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sha256]) => ({ name, digest: { sha256 } }));
}

/** What is signed: PAE(type, body) of DSSE. */
function preAuthentication(payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.byteLength} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

export type Attestation = {
  readonly keyId: string;
  /** Whether this public or private key made it. */
  readonly isBy: (key: KeyObject) => boolean;
};

/** The envelope, whose subjects are exactly these files but itself; or, as a string, why it is not one. */
export function parseAttestation(text: string, digests: ReadonlyMap<string, string>): Attestation | string {
  const envelope = jsonOf(text) as { payloadType?: unknown; payload?: unknown; signatures?: unknown } | null;
  const [signature, ...more] = Array.isArray(envelope?.signatures) ? (envelope.signatures as unknown[]) : [];
  const { keyid, sig } = (signature ?? {}) as { readonly keyid?: unknown; readonly sig?: unknown };
  const isEnvelope = envelope?.payloadType === PAYLOAD_TYPE && typeof envelope.payload === "string";
  if (!isEnvelope || typeof keyid !== "string" || typeof sig !== "string" || more.length > 0) return "is no envelope";
  const payload = Buffer.from(envelope.payload as string, "base64");
  const statement = jsonOf(payload.toString("utf8")) as { subject?: unknown; _type?: unknown } | null;
  const others = new Map([...digests].filter(([name]) => name !== ATTESTATION_FILE));
  const subjects = Array.isArray(statement?.subject) ? canonicalJson(statement.subject) : "";
  if (subjects !== canonicalJson(subjectsOf(others))) return "is of other files than those that lie beside it";
  const isBy = (key: KeyObject): boolean =>
    keyid === keyIdOf(key) && verify(null, preAuthentication(payload), publicOf(key), Buffer.from(sig, "base64"));
  return { keyId: keyid, isBy };
}

function publicOf(key: KeyObject): KeyObject {
  return key.type === "private" ? createPublicKey(key) : key;
}

/** null for what is no JSON object. */
function jsonOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}
