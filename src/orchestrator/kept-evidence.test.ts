/** Tests of sealed evidence that a kill interrupted: what was noted is what is kept, though no signature is twice. */
import { expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { makeKey } from "../../scripts/database/signers.ts";
import { succeed } from "../../scripts/database/target.ts";
import { evidenceDigest } from "../kernel/evidence/folder.ts";
import { runId } from "../kernel/evidence/run-id.ts";
import { sealedFiles, writeSigned } from "../kernel/evidence/seal.ts";
import type { SealKeys } from "../kernel/evidence/seal-keys.ts";
import { findSshKeygen } from "../kernel/evidence/ssh-keygen.ts";
import { verifyEvidence } from "../kernel/evidence/verify.ts";
import { verifySeals } from "../kernel/evidence/verify-seals.ts";
import { Failure } from "../kernel/failure.ts";
import { keepEvidence } from "./kept-evidence.ts";
import { openStore } from "./store/open-store.ts";

const FILES = { "facts.json": "{}\n" };
const RESULT = { result: "PASSED", configuration: [], passedTests: [], warnedTests: [], failedTests: [] } as const;

/** ECDSA, whose signatures are never the same. */
function makeKeys(): SealKeys {
  const { path, publicKey } = makeKey("ecdsa");
  const program = succeed(findSshKeygen(null, process.env));
  const ssh = { program, path, publicKey: publicKey.trim() };
  return { attest: generateKeyPairSync("ed25519").privateKey, ssh };
}

async function desk() {
  const store = succeed(await openStore(join(temporaryFolder(), "state")));
  const keys = makeKeys();
  const id = runId("ictr");
  const order = { runId: id, files: FILES, result: RESULT, keys };
  const noted = { folder: id, sumsSha256: evidenceDigest(sealedFiles(FILES, RESULT, keys)) } as const;
  return { store, keys, id, order, noted };
}

async function holds(directory: string, keys: SealKeys): Promise<unknown> {
  const { digests } = succeed(verifyEvidence(directory));
  const seals = await verifySeals({ directory, digests, keys, sshKeygen: null });
  return seals instanceof Failure ? seals.message : seals.length;
}

test("noted and never written: the next one writes what was noted, with a signature of its own", async () => {
  const { store, keys, order, noted, id } = await desk();
  succeed(store.noteEvidence({ ...noted, step: "noted" }));
  const folder = succeed(await keepEvidence(store, order));
  expect(await holds(folder, keys)).toBe(2);
  expect(store.evidence(id)).toEqual({ sumsSha256: noted.sumsSha256, step: "kept" });
  store.close();
});

test("written and not noted as kept: it stays as it is, to the signature", async () => {
  const { store, keys, order, noted, id } = await desk();
  succeed(store.noteEvidence({ ...noted, step: "noted" }));
  const files = sealedFiles(FILES, RESULT, keys);
  const folder = succeed(await writeSigned({ stateDirectory: store.directory, runId: id, files }, keys));
  const signature = readFileSync(join(folder, "SHA256SUMS.sig"));
  expect(await keepEvidence(store, order)).toBe(folder);
  expect([readFileSync(join(folder, "SHA256SUMS.sig")), store.evidence(id)]).toMatchObject([
    signature,
    { step: "kept" },
  ]);
  store.close();
});

test("noted with one key, resumed with another or none: refused until the noted one is there again", async () => {
  const { store, keys, order, noted, id } = await desk();
  succeed(store.noteEvidence({ ...noted, step: "noted" }));
  for (const other of [makeKeys(), { attest: null, ssh: keys.ssh }, { attest: null, ssh: null }]) {
    const refused = await keepEvidence(store, { ...order, keys: other });
    expect(refused instanceof Failure && refused.code).toBe("EVIDENCE_ALTERED");
  }
  expect(existsSync(join(store.directory, "runs", id))).toBe(false);
  expect(await holds(succeed(await keepEvidence(store, order)), keys)).toBe(2);
  store.close();
});

test("a signature that cannot be made leaves no folder, and the note for the next one", async () => {
  const { store, keys, order, id } = await desk();
  const { ssh } = keys;
  if (ssh === null) throw new Error("no key was made");
  const unable = await keepEvidence(store, { ...order, keys: { ...keys, ssh: { ...ssh, path: "/nowhere/key" } } });
  expect(unable instanceof Failure && unable.code).toBe("SSH_KEYGEN_FAILED");
  expect([existsSync(join(store.directory, "runs", id)), store.evidence(id)]).toMatchObject([false, { step: "noted" }]);
  expect(await holds(succeed(await keepEvidence(store, order)), keys)).toBe(2);
  store.close();
});
