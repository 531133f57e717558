/** Tests of a signed release: it is verified with ssh-keygen and sha256sum alone, and nothing else holds for it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/kernel/digest.ts";
import { renderSums } from "../../src/kernel/evidence/sums.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { removeFiles, temporaryFolder } from "../database/files.ts";
import { signerLine, signRelease, verifyingLines } from "./release-signature.ts";

let key: string;
beforeAll(() => {
  key = join(temporaryFolder(), "key");
  Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "a release", "-f", key]);
});
afterAll(removeFiles);

/** A release of one file, with the line of this key in allowed_signers. */
async function release(): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "cutter"), "a program");
  writeFileSync(join(folder, "SHA256SUMS"), renderSums(new Map([["cutter", sha256("a program")]])));
  const lines = await signRelease(folder, { path: key, talk: "read" });
  if (lines instanceof Failure) throw new Error(lines.message);
  writeFileSync(join(folder, "allowed_signers"), `${signerLine(readFileSync(`${key}.pub`, "utf8"))}\n`);
  return folder;
}

/** The exit codes of the lines that a person is told to type. */
function typed(folder: string): readonly number[] {
  return verifyingLines().map((line) => Bun.spawnSync(["/bin/sh", "-c", line], { cwd: folder }).exitCode);
}

test("what a person is told to type says yes of a release as it is", async () => {
  expect(typed(await release())).toEqual([0, 0]);
});

test("it says no of another list, another file, another signer and another signature", async () => {
  const [list, file, signer, purpose] = [await release(), await release(), await release(), await release()];
  appendFileSync(join(list, "SHA256SUMS"), `${sha256("more")}  more\n`);
  appendFileSync(join(file, "cutter"), "x");
  const other = join(temporaryFolder(), "other");
  Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other]);
  writeFileSync(join(signer, "allowed_signers"), `${signerLine(readFileSync(`${other}.pub`, "utf8"))}\n`);
  const sums = join(purpose, "SHA256SUMS");
  copyFileSync(sums, join(purpose, "approval"));
  Bun.spawnSync(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "sg1@cutter", join(purpose, "approval")]);
  copyFileSync(join(purpose, "approval.sig"), `${sums}.sig`);
  const codes = [list, file, signer, purpose].map((folder) => typed(folder).map((code) => code === 0));
  expect(codes).toEqual([
    [false, false],
    [true, false],
    [false, true],
    [false, true],
  ]);
});

test("a key that cannot sign leaves no signature", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "SHA256SUMS"), "");
  const signed = await signRelease(folder, { path: join(folder, "absent"), talk: "read" });
  expect(signed instanceof Failure ? signed.code : signed).toBe("SSH_KEYGEN_FAILED");
  expect(await Bun.file(join(folder, "SHA256SUMS.sig")).exists()).toBe(false);
});
