/**
 * backup/verify: whether a backup is as it was written, can be decrypted, read to its end, and restored.
 *
 * In this order, each only after the one before: the manifest, the digest of the file, decryption into a private file
 * (where the secret key is at hand), the digest of the dump, a full read, a restore into a scratch database (where it
 * was asked for). Nothing of an archive that fails one of these is executed. Called by `cutter backup verify`.
 */
import * as fs from "node:fs";
import { dirname } from "node:path";
import { scrubEnvironment } from "../../kernel/conninfo/child-environment.ts";
import type { ServerTarget } from "../../kernel/conninfo/target.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { checkPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { CopyRows, rowsDiffer } from "./copy-rows.ts";
import { digestFile, hasSecretKey, withDecrypted } from "./decrypted.ts";
import { openKeyring } from "./keyring.ts";
import { type BackupManifest, damaged, readManifest } from "./manifest.ts";
import { restoreIntoScratch } from "./scratch.ts";
import { readOutput, startTool } from "./tool.ts";

export type VerifyOrder = {
  /** Absolute. */
  readonly path: string;
  /** GnuPG's directory with the secret key; null where there is none on this machine. */
  readonly gnupgHome: string | null;
  /** Without the secret key it is a failure, or a remark. A restore needs it in any case. */
  readonly decrypt: "must" | "if possible";
  readonly gpg: readonly string[];
  readonly pgRestore: readonly string[];
  /** Where the scratch database is made; null: it is not restored. */
  readonly restoreTo: ServerTarget | null;
  /** What a person has to know while it goes on. */
  readonly tell: (sentence: string) => Promise<void>;
};

export type VerifiedBackup = {
  readonly manifest: BackupManifest;
  /** One sentence for each thing that was found right. */
  readonly checked: readonly string[];
  /** What could not be looked at, and why. */
  readonly remarks: readonly string[];
};

/** BACKUP_DAMAGED with the first thing that does not fit. */
export async function verifyBackup(order: VerifyOrder): Promise<VerifiedBackup | Failure> {
  const manifest = readManifest(order.path);
  if (manifest instanceof Failure) return manifest;
  const altered = await compareFile(order.path, manifest);
  if (altered !== null) return altered;
  const checked = [`the manifest is whole, and the file of ${manifest.cipher.bytes} bytes is the one it was made of`];
  if (order.gnupgHome === null) return withoutKey(order, { manifest, checked });
  const keyring = await openKeyring({ gpg: order.gpg, gnupgHome: order.gnupgHome, keyFile: null });
  if (keyring instanceof Failure) return keyring;
  if ((await hasSecretKey(keyring, manifest.key_fingerprint)) === "no") return withoutKey(order, { manifest, checked });
  const directory = dirname(order.path);
  const open = checkPrivateDirectory(directory);
  if (open !== null) return open;
  return withDecrypted({ path: order.path, manifest, keyring, directory }, async (plain) => {
    checked.push("it was decrypted, gpg's integrity check passed, and the dump has the digest it was made with");
    const unread = await readWhole(plain, { ...order, manifest });
    if (unread !== null) return unread;
    checked.push(`pg_restore read it to its end: ${manifest.relations.length} relations, with the rows counted then`);
    const { restoreTo: target, pgRestore, tell } = order;
    if (target === null) return { manifest, checked, remarks: ["it was not restored: that is done with --restore"] };
    const unrestored = await restoreIntoScratch({ target, plain, manifest, pgRestore, tell });
    if (unrestored !== null) return unrestored;
    checked.push(
      "it was restored into a scratch database: rows and contents of each relation are those of its snapshot",
    );
    const remark = "indexes, constraints and triggers were not built there";
    return { manifest, checked, remarks: [remark] };
  });
}

/** Size and digest of the file as it lies there; it is read once. */
async function compareFile(path: string, { cipher }: BackupManifest): Promise<Failure | null> {
  const status = fs.lstatSync(path, { throwIfNoEntry: false });
  if (!status?.isFile()) return new Failure("FILE_UNREADABLE", `${path} is not there, or not a regular file`);
  if (status.size !== cipher.bytes) return damaged(`it has ${status.size} bytes, and ${cipher.bytes} were written`);
  const digest = await digestFile(path);
  if (digest instanceof Failure) return digest;
  return digest === cipher.sha256 ? null : damaged("its bytes are not those that were written, by their digest");
}

/** What was asked for must not be left out in silence. */
function withoutKey(
  { decrypt, restoreTo }: VerifyOrder,
  { manifest, checked }: Pick<VerifiedBackup, "manifest" | "checked">,
): VerifiedBackup | Failure {
  const remark = `it was not decrypted: the secret key ${manifest.key_fingerprint} is not at hand`;
  if (decrypt === "if possible" && restoreTo === null) return { manifest, checked, remarks: [remark] };
  return new Failure("BACKUP_UNREADABLE", remark);
}

type Reading = { readonly manifest: BackupManifest; readonly pgRestore: readonly string[] };

async function readWhole(plain: string, { manifest, pgRestore }: Reading): Promise<Failure | null> {
  const tool = startTool({
    command: [...pgRestore, "--file=-", plain],
    environment: scrubEnvironment(process.env),
  });
  const late = setTimeout(tool.kill, limits.backupTimeoutMs);
  tool.end();
  const rows = new CopyRows();
  await readOutput(tool, (piece) => rows.add(piece));
  const reason = await tool.ended;
  clearTimeout(late);
  if (reason !== null) return damaged(`it cannot be read to its end: ${reason}`);
  const counted = Object.fromEntries(manifest.relations.map(({ relation, rows: count }) => [relation, count]));
  const wrong = rowsDiffer(counted, rows.end());
  return wrong === null ? null : damaged(wrong);
}
