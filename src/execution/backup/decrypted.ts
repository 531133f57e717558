/**
 * backup/decrypted: a backup in the clear, while it is looked at and no longer.
 *
 * gpg gives out plaintext before it has seen whether it was tampered with; so it goes into a file that nobody reads
 * until gpg has ended with 0, has said that it decrypted and that the integrity check passed, and the digest is the one
 * of the manifest. The file has no name, so that nothing can leave it behind. Called by verify.ts.
 */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Observer } from "../../kernel/observer.ts";
import { failedCall } from "../../kernel/private-files/errno.ts";
import { beforeEnd } from "../../kernel/session/registry.ts";
import type { Keyring } from "./keyring.ts";
import { type BackupManifest, damaged } from "./manifest.ts";
import { makePlainFile, type PlainFile } from "./plain-file.ts";
import { toolFailed } from "./refusal.ts";
import { askTool, readOutput, startTool } from "./tool.ts";

export type Encrypted = {
  readonly path: string;
  readonly manifest: BackupManifest;
  readonly keyring: Keyring;
  /** A private directory on a disk that has room. */
  readonly directory: string;
  /** Told how far it is: `unfailing`. */
  readonly observe?: Observer | undefined;
};

/** Whether the keyring has the secret key that the backup is encrypted for; BACKUP_TOOL_FAILED. */
export async function hasSecretKey({ gpg, environment }: Keyring, key: string): Promise<"yes" | "no" | Failure> {
  const listed = await askTool({ command: [...gpg, "--with-colons", "--list-secret-keys", key], environment });
  if ("reason" in listed) return listed.start === "failed" ? toolFailed(listed.reason) : "no";
  return listed.output.split("\n").some((line) => line.startsWith("fpr:") && line.split(":")[9] === key) ? "yes" : "no";
}

/** Runs `work` on the plain file, and gives it up whatever comes of it. */
export async function withDecrypted<T>(
  encrypted: Encrypted,
  work: (plain: PlainFile) => Promise<T | Failure>,
): Promise<T | Failure> {
  const plain = makePlainFile(encrypted.directory);
  if (plain instanceof Failure) return plain;
  const gone = "What was decrypted had no name on the disk, and is gone with this process.";
  const forget = beforeEnd({ work: async () => gone, unfinished: gone });
  try {
    return (await decryptTo(plain, encrypted)) ?? (await work(plain));
  } finally {
    plain.close();
    forget();
  }
}

async function decryptTo(plain: PlainFile, { path, manifest, keyring, observe }: Encrypted): Promise<Failure | null> {
  const command = [...keyring.gpg, "--output", "-", "--decrypt", path];
  const gpg = startTool({ command, environment: keyring.environment });
  const late = setTimeout(gpg.kill, limits.backupTimeoutMs);
  gpg.end();
  const lost: Failure[] = [];
  let bytes = 0;
  await readOutput(gpg, (piece) => {
    if (lost.length > 0) return;
    try {
      plain.add(piece);
      bytes += piece.byteLength;
      observe?.({ unit: "bytes", did: "decrypted", done: bytes, total: manifest.plain.bytes });
    } catch (cause) {
      const data = "Nothing of the archive was executed, and no database was changed.";
      lost.push(new Failure("FILE_WRITE_FAILED", failedCall("keep what is decrypted", cause), { data, cause }));
      gpg.kill();
    }
  });
  const reason = await gpg.ended;
  clearTimeout(late);
  if (lost[0] !== undefined) return lost[0];
  const status = gpg.status().split("\n");
  if (reason !== null) return whyNotDecrypted(reason, { status, start: gpg.start() });
  const words = new Set(status.map((line) => line.split(" ")[1]));
  for (const word of ["DECRYPTION_OKAY", "GOODMDC"]) {
    if (!words.has(word)) return damaged(`gpg ended with 0 and did not say ${word}`);
  }
  const digest = await plain.digest();
  if (digest instanceof Failure) return digest;
  return digest === manifest.plain.sha256 ? null : damaged("what was decrypted is not what was dumped, by its digest");
}

type Undecrypted = { readonly status: readonly string[]; readonly start: "done" | "failed" };

/** A key that could not be used says nothing of the file. Source: GnuPG, doc/DETAILS, "ERROR". */
function whyNotDecrypted(reason: string, { status, start }: Undecrypted): Failure {
  if (start === "failed") return toolFailed(reason);
  const isKey = status.some((line) => /^\[GNUPG:\] (NO_SECKEY|ERROR pkdecrypt_failed) /.test(line));
  if (!isKey) return damaged(`it cannot be decrypted: ${reason}`);
  return new Failure("BACKUP_UNREADABLE", `it was not decrypted: the secret key could not be used: ${reason}`);
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
