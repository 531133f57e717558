/**
 * signers: real SSH keys, the allowed_signers file that lists them, and signatures by them.
 *
 * Made by ssh-keygen in folders that the last test takes with it. For the tests of approvals only.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileWith, temporaryFolder } from "./files.ts";

export type Key = {
  /** Of the private key; it has no passphrase. */
  readonly path: string;
  /** Type and base64, as they stand in a line of allowed_signers. */
  readonly publicKey: string;
  readonly fingerprint: string;
};

export function makeKey(type: "ed25519" | "rsa" | "ecdsa"): Key {
  const path = join(temporaryFolder(), "key");
  keygen(["-q", "-t", type, "-N", "", "-C", "test", "-f", path]);
  const [kind = "", base64 = ""] = readFileSync(`${path}.pub`, "utf8").split(" ");
  const [, fingerprint = ""] = keygen(["-l", "-f", `${path}.pub`]).split(" ");
  return { path, publicKey: `${kind} ${base64}`, fingerprint };
}

/** A file with these lines, which its owner alone may write. */
export function signersFile(...lines: readonly string[]): string {
  return fileWith("allowed_signers", lines.map((line) => `${line}\n`).join(""));
}

export function sign(document: Uint8Array, key: Key, namespace: string): Uint8Array {
  return Buffer.from(keygen(["-Y", "sign", "-f", key.path, "-n", namespace], document));
}

function keygen(words: readonly string[], input: Uint8Array = new Uint8Array()): string {
  const ended = Bun.spawnSync(["ssh-keygen", ...words], { stdin: input, stdout: "pipe", stderr: "pipe" });
  if (!ended.success) throw new Error(`ssh-keygen ${words.join(" ")}: ${ended.stderr.toString()}`);
  return ended.stdout.toString();
}
