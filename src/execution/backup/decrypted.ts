/**
 * backup/decrypted: a backup in the clear, as a private temporary file that is there only while it is looked at.
 *
 * gpg gives out plaintext before it has seen whether it was tampered with; so it goes into a file that nobody reads
 * until gpg has ended with 0, has said that it decrypted and that the integrity check passed, and the digest is the
 * one of the manifest. Removed in every case, also when a signal ends the process. Called by verify.ts.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { failedCall } from "../../kernel/private-files/errno.ts";
import { removeQuietly } from "../../kernel/private-files/file.ts";
import { processEnding } from "../../kernel/session/registry.ts";
import type { Keyring } from "./keyring.ts";
import { type BackupManifest, damaged } from "./manifest.ts";
import { askTool, startTool } from "./tool.ts";

export type Encrypted = {
  readonly path: string;
  readonly manifest: BackupManifest;
  readonly keyring: Keyring;
  /** A private directory on a disk that has room. */
  readonly directory: string;
};

/** Whether the keyring has the secret key that the backup is encrypted for. */
export async function hasSecretKey({ gpg, environment }: Keyring, key: string): Promise<"yes" | "no"> {
  const listed = await askTool({ command: [...gpg, "--with-colons", "--list-secret-keys", key], environment });
  if ("reason" in listed) return "no";
  return listed.output.split("\n").some((line) => line.startsWith("fpr:") && line.split(":")[9] === key) ? "yes" : "no";
}

/** Runs `work` on the plain file, and removes it whatever comes of it. */
export async function withDecrypted<T>(
  encrypted: Encrypted,
  work: (plain: string) => Promise<T | Failure>,
): Promise<T | Failure> {
  let folder: string;
  try {
    folder = fs.mkdtempSync(join(encrypted.directory, ".decrypted-"));
  } catch (cause) {
    return new Failure("FILE_WRITE_FAILED", failedCall(`make a folder in ${encrypted.directory}`, cause), { cause });
  }
  const remove = (): void => removeQuietly(folder);
  processEnding.addEventListener("abort", remove);
  try {
    const plain = join(folder, "plain");
    return (await decryptTo(plain, encrypted)) ?? (await work(plain));
  } finally {
    remove();
    processEnding.removeEventListener("abort", remove);
  }
}

async function decryptTo(plain: string, { path, manifest, keyring }: Encrypted): Promise<Failure | null> {
  const command = [...keyring.gpg, "--output", plain, "--decrypt", path];
  const gpg = startTool({ command, environment: keyring.environment });
  const late = setTimeout(gpg.kill, limits.backupTimeoutMs);
  gpg.end();
  const reason = await gpg.ended;
  clearTimeout(late);
  if (reason !== null) return damaged(`it cannot be decrypted: ${reason}`);
  const words = new Set(
    gpg
      .status()
      .split("\n")
      .map((line) => line.split(" ")[1]),
  );
  for (const word of ["DECRYPTION_OKAY", "GOODMDC"]) {
    if (!words.has(word)) return damaged(`gpg ended with 0 and did not say ${word}`);
  }
  const digest = await digestFile(plain);
  if (digest instanceof Failure) return digest;
  return digest === manifest.plain.sha256 ? null : damaged("what was decrypted is not what was dumped, by its digest");
}

/** 64 hex digits; read piece by piece. FILE_UNREADABLE. */
export async function digestFile(path: string): Promise<string | Failure> {
  const hash = createHash("sha256");
  try {
    for await (const piece of fs.createReadStream(path, { highWaterMark: limits.digestChunkBytes })) hash.update(piece);
    return hash.digest("hex");
  } catch (cause) {
    return new Failure("FILE_UNREADABLE", failedCall(`read ${path}`, cause), { cause });
  }
}
