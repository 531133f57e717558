/** Tests of the seals of evidence, by tools of others: openssl, ssh-keygen and coreutils judge what cutter made. */
import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import { fileWith, temporaryFolder } from "../../../scripts/database/files.ts";
import { makeKey } from "../../../scripts/database/signers.ts";
import { NO_CONFIGURATION } from "../conninfo/configuration.ts";
import { sha256 } from "../digest.ts";
import { Failure } from "../failure.ts";
import type { TestResult } from "./attestation.ts";
import { evidenceDigest, evidenceSums } from "./folder.ts";
import { registerSecret } from "./redaction.ts";
import { runId } from "./run-id.ts";
import { sealedFiles, writeSigned } from "./seal.ts";
import { NO_SEALS, readSealKeys, type SealKeys } from "./seal-keys.ts";
import { verifyEvidence } from "./verify.ts";
import { verifySeals } from "./verify-seals.ts";

const FILES = { "facts.json": '{"a":1}\n', "report.md": "# Report\n" };
const RESULT: TestResult = {
  result: "PASSED",
  configuration: [{ name: "cutter.proof", mediaType: "application/json", content: "e30=" }],
  ...{ passedTests: ["PROOF-1"], warnedTests: [], failedTests: [] },
};

function pemFile(mode = 0o600): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  const path = join(temporaryFolder(), "attest.pem");
  fs.writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }), { mode });
  return path;
}

function keysOf(attestKey: string | null, sshKey: string | null): SealKeys | Failure {
  const signing = { execKey: null, verifyKey: null, attestKey, sshKey };
  return readSealKeys({ ...NO_CONFIGURATION, signing }, process.env);
}

function taken(keys: SealKeys | Failure): SealKeys {
  if (keys instanceof Failure) throw new Error(keys.message);
  return keys;
}

async function written(keys: SealKeys, files: Readonly<Record<string, string>> = FILES): Promise<string> {
  const sealed = sealedFiles(files, RESULT, keys);
  const request = { stateDirectory: join(temporaryFolder(), "state"), runId: runId("proof"), files: sealed };
  const folder = await writeSigned(request, keys);
  if (folder instanceof Failure) throw new Error(folder.message);
  return folder;
}

/** What both verifications say: the sentences, or code and what it is about. */
async function judged(directory: string, keys: SealKeys): Promise<unknown> {
  const evidence = verifyEvidence(directory);
  if (evidence instanceof Failure) return [evidence.code, evidence.facts];
  const seals = await verifySeals({ directory, digests: evidence.digests, keys, sshKeygen: null });
  return seals instanceof Failure ? [seals.code, seals.facts] : seals;
}

const run = (program: string, words: readonly string[], input: Uint8Array = new Uint8Array()) => {
  const { status, stdout, stderr } = spawnSync(program, words, { input });
  return { status, said: `${stdout}${stderr}`.trim() };
};

type Envelope = {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
};

function envelopeOf(folder: string): Envelope {
  return JSON.parse(fs.readFileSync(join(folder, "attestation.json"), "utf8")) as Envelope;
}

test("without keys nothing is sealed, and a folder has what it always had", async () => {
  const folder = await written(NO_SEALS);
  expect(fs.readdirSync(folder).sort()).toEqual(["SHA256SUMS", "facts.json", "report.md"]);
  expect(await judged(folder, NO_SEALS)).toEqual([]);
});

test("attestation.json is an in-toto statement about every other file, which openssl verifies", async () => {
  const pem = pemFile();
  const folder = await written(taken(keysOf(pem, null)));
  const { payloadType, payload, signatures } = envelopeOf(folder);
  const body = Buffer.from(payload, "base64");
  const subject = Object.entries(FILES).map(([name, content]) => ({ name, digest: { sha256: sha256(content) } }));
  expect([payloadType, JSON.parse(body.toString())]).toEqual([
    "application/vnd.in-toto+json",
    {
      ...{ _type: "https://in-toto.io/Statement/v1", subject },
      ...{ predicateType: "https://in-toto.io/attestation/test-result/v0.1", predicate: RESULT },
    },
  ]);
  // PAE of DSSE, written out once more.
  const signed = Buffer.concat([Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${body.length} `), body]);
  const publicKey = fileWith(
    "attest.pub",
    createPublicKey(fs.readFileSync(pem)).export({ type: "spki", format: "pem" }).toString(),
  );
  const verify = (bytes: Uint8Array) => {
    const signature = join(temporaryFolder(), "sig");
    fs.writeFileSync(signature, Buffer.from(signatures[0]?.sig ?? "", "base64"));
    const file = join(temporaryFolder(), "signed");
    fs.writeFileSync(file, bytes);
    const words = ["pkeyutl", "-verify", "-pubin", "-inkey", publicKey, "-rawin", "-in", file, "-sigfile", signature];
    return run("openssl", words);
  };
  expect(verify(signed)).toEqual({ status: 0, said: "Signature Verified Successfully" });
  expect(verify(body).status).toBe(1);
});

test("SHA256SUMS lists the attestation, and coreutils find all of it as it is", async () => {
  const folder = await written(taken(keysOf(pemFile(), makeKey("ed25519").path)));
  const { status, stdout } = spawnSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: folder });
  const listed = ["SHA256SUMS.signer", "attestation.json", "facts.json", "report.md"];
  expect([status, stdout.toString()]).toEqual([0, listed.map((name) => `${name}: OK\n`).join("")]);
  const modes = fs.readdirSync(folder).map((name) => fs.statSync(join(folder, name)).mode & 0o777);
  expect(new Set(modes)).toEqual(new Set([0o600]));
});

for (const type of ["ed25519", "ecdsa", "rsa"] as const) {
  test(`SHA256SUMS.sig by a key of ${type}: ssh-keygen verifies it with the line that lies beside it`, async () => {
    const key = makeKey(type);
    const keys = taken(keysOf(null, key.path));
    const folder = await written(keys);
    const at = (name: string): string => join(folder, name);
    const words = ["-f", at("SHA256SUMS.signer"), "-I", "cutter", "-n", "evidence@cutter", "-s", at("SHA256SUMS.sig")];
    const sums = fs.readFileSync(at("SHA256SUMS"));
    const good = run("ssh-keygen", ["-Y", "verify", ...words], sums);
    expect([good.status, good.said.includes(key.fingerprint)]).toEqual([0, true]);
    expect(run("ssh-keygen", ["-Y", "verify", ...words], sums.subarray(1)).status).not.toBe(0);
    expect(fs.readFileSync(at("SHA256SUMS.signer"), "utf8")).toBe(
      `cutter namespaces="evidence@cutter" ${key.publicKey.trim()}\n`,
    );
    expect(await judged(folder, keys)).toEqual([
      `SHA256SUMS is signed with ${key.fingerprint}, the configured key, and it holds`,
    ]);
  });
}

test("one byte changed, in whichever file and wherever: the file is named", async () => {
  const keys = taken(keysOf(pemFile(), makeKey("ed25519").path));
  const folder = await written(keys);
  const told: string[] = [];
  for (const name of fs.readdirSync(folder)) {
    const path = join(folder, name);
    const bytes = fs.readFileSync(path);
    for (const at of new Set([0, 40, bytes.length >> 1, bytes.length - 1, bytes.indexOf("\n")])) {
      for (const bit of [1, 0x20]) {
        if (at < 0 || at >= bytes.length) continue;
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ bit;
        fs.writeFileSync(path, changed);
        // Without the keys too: each change shows by itself.
        for (const known of [keys, NO_SEALS]) {
          const [code, facts] = (await judged(folder, known)) as [string, { name?: string } | undefined];
          // A digest that was changed looks like a change of its file.
          const isNamed = code === "EVIDENCE_ALTERED" && (facts?.name === name || name === "SHA256SUMS");
          if (!isNamed) told.push(`${name} at ${at}: ${code} ${facts?.name}`);
        }
        fs.writeFileSync(path, bytes);
      }
    }
  }
  expect(told).toEqual([]);
  expect(await judged(folder, keys)).toHaveLength(2);
});

const forgeries: Readonly<Record<string, { forge: (folder: string) => void; name: string }>> = {
  "the signature removed": { forge: (folder) => fs.rmSync(join(folder, "SHA256SUMS.sig")), name: "SHA256SUMS.sig" },
  "the attestation removed": {
    forge: (folder) => fs.rmSync(join(folder, "attestation.json")),
    name: "attestation.json",
  },
  "a file and its digest exchanged, with the attestation as it was": {
    forge: (folder) => rewrite(folder, { "facts.json": '{"a":2}\n' }),
    name: "attestation.json",
  },
  "a file and its digest exchanged, attested by another key": {
    forge: (folder) =>
      rewrite(folder, sealedFiles({ ...FILES, "report.md": "#" }, RESULT, taken(keysOf(pemFile(), null)))),
    name: "attestation.json",
  },
  "a signature of other digests": {
    forge: (folder) => fs.copyFileSync(other("SHA256SUMS.sig"), join(folder, "SHA256SUMS.sig")),
    name: "SHA256SUMS.sig",
  },
};

let elsewhere = "";
function other(name: string): string {
  return join(elsewhere, name);
}

/** Files of a folder exchanged, and SHA256SUMS as it would be; the signature stays as it was. */
function rewrite(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) fs.writeFileSync(join(folder, name), content, { mode: 0o600 });
  const names = fs.readdirSync(folder).filter((name) => name !== "SHA256SUMS" && name !== "SHA256SUMS.sig");
  const all = Object.fromEntries(names.map((name) => [name, fs.readFileSync(join(folder, name), "utf8")]));
  fs.writeFileSync(join(folder, "SHA256SUMS"), evidenceSums(all));
}

for (const [what, { forge, name }] of Object.entries(forgeries)) {
  test(`a forgery is named: ${what}`, async () => {
    const keys = taken(keysOf(pemFile(), makeKey("ed25519").path));
    const folder = await written(keys);
    elsewhere = await written(keys, { ...FILES, "facts.json": "{}" });
    forge(folder);
    expect(await judged(folder, keys)).toMatchObject(["EVIDENCE_ALTERED", { name }]);
  });
}

test("a folder that a forger sealed holds, says by which keys, and fails by the configured ones", async () => {
  const own = taken(keysOf(pemFile(), makeKey("ed25519").path));
  const forger = taken(keysOf(pemFile(), makeKey("ed25519").path));
  const folder = await written(forger, { "facts.json": "{}" });
  expect(await judged(folder, { ...own, ssh: null })).toMatchObject(["EVIDENCE_ALTERED", { name: "attestation.json" }]);
  expect(await judged(folder, { ...own, attest: null })).toMatchObject([
    "EVIDENCE_ALTERED",
    { name: "SHA256SUMS.sig" },
  ]);
  const sentences = (await judged(folder, NO_SEALS)) as string[];
  expect(sentences.map((sentence) => sentence.includes("no attest_key") || sentence.includes("no ssh_key"))).toEqual([
    true,
    true,
  ]);
});

test("the digest that the run store notes is the same each time, and covers every file but the signature", async () => {
  for (const type of ["ed25519", "ecdsa"] as const) {
    const keys = taken(keysOf(pemFile(), makeKey(type).path));
    const digest = evidenceDigest(sealedFiles(FILES, RESULT, keys));
    expect(evidenceDigest(sealedFiles(FILES, RESULT, keys))).toBe(digest);
    const folder = await written(keys);
    expect(verifyEvidence(folder)).toMatchObject({ digest });
    for (const one of [
      { attest: null, ssh: keys.ssh },
      { attest: keys.attest, ssh: null },
    ]) {
      expect(evidenceDigest(sealedFiles(FILES, RESULT, one))).not.toBe(digest);
    }
  }
});

test("a secret is in no file and in no statement, and the seals are those of the redacted files", async () => {
  registerSecret("canary-seal-4Fq9");
  const keys = taken(keysOf(pemFile(), makeKey("ed25519").path));
  const sealed = sealedFiles(
    { "facts.json": '{"a":"canary-seal-4Fq9"}' },
    { ...RESULT, passedTests: ["canary-seal-4Fq9"] },
    keys,
  );
  const request = { stateDirectory: join(temporaryFolder(), "state"), runId: runId("proof"), files: sealed };
  const folder = String(await writeSigned(request, keys));
  const texts = fs.readdirSync(folder).map((name) => fs.readFileSync(join(folder, name), "utf8"));
  const statement = Buffer.from(envelopeOf(folder).payload, "base64").toString();
  expect([...texts, statement].join("\n")).not.toContain("canary");
  expect(statement).toContain("[redacted]");
  expect(await judged(folder, keys)).toHaveLength(2);
});

test("a key that others may read, that is none, or whose public half is missing or another's is refused", async () => {
  const codeOf = (value: unknown) => (value instanceof Failure ? value.code : "taken");
  expect(codeOf(keysOf(pemFile(0o640), null))).toBe("FILE_NOT_PRIVATE");
  const none = fileWith("key", "no key");
  fs.chmodSync(none, 0o600);
  expect(codeOf(keysOf(none, null))).toBe("SIGNING_KEY_INVALID");
  expect(codeOf(keysOf("/nowhere/key", null))).toBe("FILE_UNREADABLE");
  const [one, two, three] = [makeKey("ed25519"), makeKey("ed25519"), makeKey("ed25519")];
  fs.rmSync(`${one.path}.pub`);
  expect(codeOf(keysOf(null, one.path))).toBe("FILE_UNREADABLE");
  fs.writeFileSync(`${one.path}.pub`, "ssh-ed25519\n");
  expect(codeOf(keysOf(null, one.path))).toBe("SIGNING_KEY_INVALID");
  fs.chmodSync(three.path, 0o644);
  expect(codeOf(keysOf(null, three.path))).toBe("FILE_NOT_PRIVATE");
  const request = { stateDirectory: join(temporaryFolder(), "state"), runId: runId("proof") };
  const unsigned = async (keys: SealKeys): Promise<readonly unknown[]> => {
    const outcome = await writeSigned({ ...request, files: sealedFiles(FILES, RESULT, keys) }, keys);
    return [codeOf(outcome), fs.existsSync(join(request.stateDirectory, "runs"))];
  };
  fs.copyFileSync(`${two.path}.pub`, `${one.path}.pub`);
  expect(await unsigned(taken(keysOf(null, one.path)))).toEqual(["SSH_KEYGEN_FAILED", false]);
  const program = fileWith("ssh-keygen", `#!/bin/sh\nexec ssh-keygen -q -Y sign -f ${two.path} -n evidence@cutter\n`);
  fs.chmodSync(program, 0o755);
  const { ssh } = taken(keysOf(null, makeKey("ed25519").path));
  if (ssh === null) throw new Error("no key was read");
  expect(await unsigned({ attest: null, ssh: { ...ssh, program: [program] } })).toEqual(["SIGNING_KEY_INVALID", false]);
  const publicHalf = taken(keysOf(null, `${two.path}.pub`));
  fs.rmSync(two.path);
  expect(await unsigned(publicHalf)).toEqual(["SSH_KEYGEN_FAILED", false]);
});
