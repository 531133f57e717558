/** Tests of how ssh-keygen is run: which one, in what environment, for how long, and what of its answer counts. */
import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileWith, temporaryFolder } from "../../../scripts/database/files.ts";
import { makeKey, sign, signersFile } from "../../../scripts/database/signers.ts";
import { Failure } from "../failure.ts";
import { findSshKeygen, type Question, signDocument, verifySignature } from "./ssh-keygen.ts";

const DOCUMENT = Buffer.from("approved\n");

/** A program that stands in for ssh-keygen, to see how it is called and what is made of its answer. */
function program(script: string): string {
  const path = fileWith("ssh-keygen", `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

function question(changes: Partial<Question> = {}): Question {
  const common = { principal: "anna@example", namespace: "sg1@cutter", now: "2026-11-26T01:02:03.999Z" };
  return { ...common, allowedSigners: "/allowed", signature: "/signature", document: DOCUMENT, ...changes };
}

const codeOf = (value: unknown) => (value instanceof Failure ? `${value.code} ${value.exitCode}` : value);

test("the program is the absolute one of the PATH, or the configured one; without one it is said", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "here"));
  writeFileSync(join(folder, "here", "ssh-keygen"), "#!/bin/sh\n", { mode: 0o755 });
  const { PATH } = process.env;
  expect(findSshKeygen(null, { PATH })).toEqual([expect.stringMatching(/^\/.*\/ssh-keygen$/)]);
  expect(findSshKeygen(null, { PATH: join(folder, "here") })).toEqual([join(folder, "here", "ssh-keygen")]);
  const directory = process.cwd();
  process.chdir(folder);
  try {
    for (const nowhere of ["", ".", "here", "./here", `:${folder}`]) {
      expect(codeOf(findSshKeygen(null, { PATH: nowhere }))).toBe("SSH_KEYGEN_MISSING 5");
    }
  } finally {
    process.chdir(directory);
  }
  expect(findSshKeygen(["/opt/ssh-keygen"], {})).toEqual(["/opt/ssh-keygen"]);
  expect(codeOf(await verifySignature(["/nowhere/ssh-keygen"], question()))).toBe("SSH_KEYGEN_MISSING 5");
});

test("it gets its arguments as a list, the exact bytes, and an environment without anything of ours", async () => {
  const seen = join(temporaryFolder(), "seen");
  const spy = program(`{ env | sort; for word; do echo "<$word>"; done; cat; } > ${seen}; exit 255`);
  process.env.BUN_INSPECT_PRELOAD = "x";
  process.env.NODE_OPTIONS = "--no-warnings";
  process.env.PGPASSWORD = "canary";
  process.env.SSH_AUTH_SOCK = "/agent";
  try {
    await verifySignature([spy, "-q"], question({ principal: "anna; rm -rf $HOME" }));
  } finally {
    for (const name of ["BUN_INSPECT_PRELOAD", "NODE_OPTIONS", "PGPASSWORD", "SSH_AUTH_SOCK"]) delete process.env[name];
  }
  const own = readFileSync(seen, "utf8").replace(/^(_|SHLVL|PWD|OLDPWD)=.*\n/gm, "");
  const words = ["-q", "-Y", "verify", "-f", "/allowed", "-I", "anna; rm -rf $HOME", "-n", "sg1@cutter"];
  words.push("-s", "/signature", "-O", "verify-time=20261126010203Z");
  const list = words.map((word) => `<${word}>`).join("\n");
  expect(own).toBe(`LC_ALL=C\nPATH=${process.env.PATH}\nTZ=UTC\n${list}\napproved\n`);
});

test("only a whole `Good` with exit code 0 is believed, for this principal and namespace", async () => {
  const good = 'Good "sg1@cutter" signature for anna@example with ED25519 key SHA256:abc';
  const answer = async (script: string) => codeOf(await verifySignature([program(script)], question()));
  expect(await answer(`echo '${good}'`)).toEqual({ keyFingerprint: "SHA256:abc" });
  const others = [
    ...["true", `echo '${good}'; exit 1`, `echo '${good}' >&2`, `echo '${good} and more'`, `kill -9 $$`],
    `echo '${good.replace("anna", "ben")}'`,
    `echo '${good.replace("sg1", "sg2")}'`,
  ];
  for (const script of others)
    expect({ script, got: await answer(script) }).toMatchObject({ got: "SSH_KEYGEN_FAILED 5" });
  expect(await answer(`echo '${good}'; exit 255`)).toEqual({ reason: "the signature does not hold" });
});

test("one that says too much is ended and not believed", async () => {
  const value = await verifySignature([program("yes")], question());
  expect(value).toMatchObject({ code: "SSH_KEYGEN_FAILED", message: expect.stringContaining("said more than") });
});

test("one that does not end is ended, with whatever it started holding the pipe", async () => {
  const value = await verifySignature([program("sleep 30 & sleep 30")], question(), 300);
  expect(value).toMatchObject({ code: "SSH_KEYGEN_FAILED", message: "ssh-keygen did not end within 300 ms" });
});

test("what it signs with a key it verifies, and a key that it has not is told", async () => {
  const key = makeKey("ed25519");
  const allowedSigners = signersFile(`anna@example namespaces="sg1@cutter" ${key.publicKey}`);
  const [path = ""] = findSshKeygen(null, process.env) as readonly string[];
  const order = { key: key.path, namespace: "sg1@cutter", document: DOCUMENT, talk: "show" } as const;
  const signed = await signDocument([path], order, process.env);
  if (signed instanceof Failure) throw new Error(signed.message);
  expect(signed).toBe(Buffer.from(sign(DOCUMENT, key, "sg1@cutter")).toString());
  const signature = fileWith("approval.json.sig", signed);
  expect(await verifySignature([path], question({ allowedSigners, signature }))).toEqual({
    keyFingerprint: key.fingerprint,
  });
  const without = await signDocument([path], { ...order, key: "/nowhere/key" }, process.env);
  expect(codeOf(without)).toBe("SSH_KEYGEN_FAILED 5");
});

test("the word that skips the policy is in no file of the program", async () => {
  const word = ["check", "novalidate"].join("-");
  const files = [...new Bun.Glob("**/*.ts").scanSync(join(import.meta.dirname, "..", ".."))];
  expect(files.length).toBeGreaterThan(100);
  const holding = files.filter((file) =>
    readFileSync(join(import.meta.dirname, "..", "..", file), "utf8").includes(word),
  );
  expect(holding).toEqual([]);
});
