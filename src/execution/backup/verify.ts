/**
 * backup/verify: whether a backup is as it was written, can be decrypted, read to its end, and restored.
 *
 * In this order, each only after the one before: the manifest, the digest of the file, what is known of it elsewhere,
 * decryption into a file without a name (where the secret key is at hand), the digest of the dump, a full read, a
 * restore into a scratch database (where it was asked for). Nothing of an archive that fails one of these is executed,
 * nor of one for which nothing vouches, unless that is said. Called by `cutter backup verify`.
 */
import * as fs from "node:fs";
import { dirname } from "node:path";
import { scrubEnvironment } from "../../kernel/conninfo/child-environment.ts";
import type { ServerTarget } from "../../kernel/conninfo/target.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Observer } from "../../kernel/observer.ts";
import { checkPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { withAgent } from "./agent.ts";
import { CopyRows, rowsDiffer } from "./copy-rows.ts";
import { digestFile, hasSecretKey, withDecrypted } from "./decrypted.ts";
import { type Keyring, openKeyring } from "./keyring.ts";
import { type BackupManifest, damaged, readManifest } from "./manifest.ts";
import type { PlainFile } from "./plain-file.ts";
import { toolFailed } from "./refusal.ts";
import { restoreIntoScratch } from "./scratch.ts";
import { readOutput, startTool } from "./tool.ts";
import { contradiction, type Voucher, vouchedWords, vouchersFor } from "./voucher.ts";

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
  /** What is known of backups outside of their folder; of others too. */
  readonly vouchers: readonly Voucher[];
  /** Whether SQL of an archive is run for which nothing vouches. */
  readonly unvouched: "refused" | "allowed";
  /** What a person has to know while it goes on. */
  readonly tell: (sentence: string) => Promise<void>;
  /** Told how far it is: `unfailing`. */
  readonly observe?: Observer;
};

export type VerifiedBackup = {
  readonly manifest: BackupManifest;
  /** One sentence for each thing that was found right. */
  readonly checked: readonly string[];
  /** What could not be looked at, and why. */
  readonly remarks: readonly string[];
};

type Known = Pick<VerifiedBackup, "manifest"> & { readonly checked: string[]; readonly remarks: string[] };

/** BACKUP_DAMAGED with the first thing that does not fit; BACKUP_UNVOUCHED, BACKUP_NOT_RESTORED, BACKUP_TOOL_FAILED. */
export async function verifyBackup(order: VerifyOrder): Promise<VerifiedBackup | Failure> {
  const manifest = readManifest(order.path);
  if (manifest instanceof Failure) return manifest;
  const altered = await compareFile(order.path, manifest);
  if (altered !== null) return altered;
  const vouchers = vouchersFor(manifest, order.vouchers);
  const contradicted = contradiction(manifest, vouchers);
  if (contradicted !== null) return contradicted;
  const { checked, remarks } = vouchedWords(vouchers);
  checked.unshift(`the manifest is whole, and the file of ${manifest.cipher.bytes} bytes is the one it was made of`);
  const isRestored = order.restoreTo !== null;
  if (isRestored && vouchers.length === 0 && order.unvouched === "refused") return refuseUnvouched(order);
  const known: Known = { manifest, checked, remarks };
  if (order.gnupgHome === null) return withoutKey(order, known);
  const keyring = await openKeyring({ gpg: order.gpg, gnupgHome: order.gnupgHome, keyFile: null });
  if (keyring instanceof Failure) return keyring;
  return withAgent(keyring, () => verifyContents(order, keyring, known));
}

function refuseUnvouched({ path }: VerifyOrder): Failure {
  const message = `nothing outside of its folder vouches for ${path}, and to restore it is to run its SQL`;
  return new Failure("BACKUP_UNVOUCHED", message);
}

async function verifyContents(order: VerifyOrder, keyring: Keyring, known: Known): Promise<VerifiedBackup | Failure> {
  const { manifest, checked, remarks } = known;
  const key = await hasSecretKey(keyring, manifest.key_fingerprint);
  if (key instanceof Failure) return key;
  if (key === "no") return withoutKey(order, known);
  const directory = dirname(order.path);
  const open = checkPrivateDirectory(directory);
  if (open !== null) return open;
  const { observe } = order;
  return withDecrypted({ path: order.path, manifest, keyring, directory, observe }, async (plain) => {
    checked.push("it was decrypted, gpg's integrity check passed, and the dump has the digest it was made with");
    const unread = await readWhole(plain, { ...order, manifest });
    if (unread !== null) return unread;
    checked.push(`pg_restore read it to its end: ${manifest.relations.length} relations, with the rows counted then`);
    const { restoreTo: target, pgRestore, tell } = order;
    if (target === null) remarks.push(NOT_RESTORED);
    if (target === null) return known;
    const unrestored = await restoreIntoScratch({ target, plain, manifest, pgRestore, tell, observe });
    if (unrestored !== null) return unrestored;
    checked.push(
      "it was restored into a scratch database: rows and contents of each relation are those of its snapshot",
    );
    remarks.push("indexes, constraints and triggers were not built there");
    return known;
  });
}

/** Said of every backup that only is read. */
export const NOT_RESTORED = "it was not restored: that is done with --restore";

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
  { manifest, checked, remarks }: Known,
): VerifiedBackup | Failure {
  const remark = `it was not decrypted: the secret key ${manifest.key_fingerprint} is not at hand`;
  if (decrypt === "if possible" && restoreTo === null) return { manifest, checked, remarks: [...remarks, remark] };
  return new Failure("BACKUP_UNREADABLE", remark);
}

type Reading = Pick<VerifyOrder, "pgRestore" | "observe"> & { readonly manifest: BackupManifest };

async function readWhole(plain: PlainFile, { manifest, pgRestore, observe }: Reading): Promise<Failure | null> {
  const tool = startTool({
    command: [...pgRestore, "--file=-"],
    environment: scrubEnvironment(process.env),
  });
  const late = setTimeout(tool.kill, limits.backupTimeoutMs);
  const rows = new CopyRows();
  const total = manifest.relations.reduce((sum, relation) => sum + relation.rows, 0);
  const reading = readOutput(tool, (piece) => {
    rows.add(piece);
    observe?.({ unit: "rows", did: "read back", done: rows.seen, total });
  });
  const [unfed] = await Promise.all([plain.feed(tool), reading]);
  const reason = await tool.ended;
  clearTimeout(late);
  if (unfed !== null) return unfed;
  if (reason !== null && (tool.start() === "failed" || isTooOld(reason))) return toolFailed(reason);
  if (reason !== null) return damaged(`it cannot be read to its end: ${reason}`);
  const counted = Object.fromEntries(manifest.relations.map(({ relation, rows: count }) => [relation, count]));
  const wrong = rowsDiffer(counted, rows.end());
  return wrong === null ? null : damaged(wrong);
}

/** In PostgreSQL's own words, src/bin/pg_dump/pg_backup_archiver.c: the archive is of a newer pg_dump. */
function isTooOld(reason: string): boolean {
  return reason.includes("unsupported version (");
}
