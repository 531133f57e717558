/** Tests of the keys of the DOT pair: what is taken, and what is refused without a word of the key. */
import { expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { Failure } from "../../kernel/failure.ts";
import { readSigningKeys } from "./signing-keys.ts";

function keyFile(text: string, mode = 0o600): string {
  const path = join(temporaryFolder(), "key.pem");
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
  return path;
}

function pem(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

const codeOf = (execKey: string | null, verifyKey: string | null): string => {
  const keys = readSigningKeys({ signing: { execKey, verifyKey } });
  return keys instanceof Failure ? keys.code : "taken";
};

test("two private Ed25519 keys are taken, and each signs for its own leg only", () => {
  const keys = readSigningKeys({ signing: { execKey: keyFile(pem()), verifyKey: keyFile(pem()) } });
  if (keys instanceof Failure) throw new Error(keys.message);
  const { exec, verify } = keys;
  const signed = exec.sign("ab");
  expect([exec.verifies(signed), verify.verifies(signed)]).toEqual([true, false]);
  expect(exec.verifies({ ...signed, payloadSha256: "ac" })).toBe(false);
  expect(exec.verifies({ ...signed, leg: "verify" })).toBe(false);
  expect(verify.verifies({ ...verify.sign("ab"), signature: signed.signature })).toBe(false);
});

test("one key for both legs, no key, another kind of key and a public key are refused", () => {
  const good = keyFile(pem());
  expect(codeOf(good, good)).toBe("SIGNING_KEY_INVALID");
  expect(codeOf(good, null)).toBe("CONFIG_INVALID");
  expect(codeOf(good, keyFile("no key"))).toBe("SIGNING_KEY_INVALID");
  const { publicKey } = generateKeyPairSync("ed25519");
  expect(codeOf(good, keyFile(publicKey.export({ type: "spki", format: "pem" }).toString()))).toBe(
    "SIGNING_KEY_INVALID",
  );
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  expect(codeOf(good, keyFile(rsa.export({ type: "pkcs8", format: "pem" }).toString()))).toBe("SIGNING_KEY_INVALID");
});

test("a key that others may read is refused", () => {
  expect(codeOf(keyFile(pem(), 0o640), keyFile(pem()))).toBe("FILE_NOT_PRIVATE");
});
