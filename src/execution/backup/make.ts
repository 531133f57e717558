/**
 * backup/make: makes a backup of what a cut can write: counted, dumped, encrypted, read back, and only then a file.
 *
 * First the key and the programs, before any connection; then one snapshot in which is counted and dumped. Until all of
 * it is done the file has another name, and a failure removes it. Writes nothing to the database. Called by
 * `cutter backup create` and by the phase pre_write_backup of a live run.
 */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import type { TargetIdentity } from "../../flow/survey.ts";
import { compactTimestamp } from "../../kernel/clock.ts";
import { childEnvironment, scrubEnvironment } from "../../kernel/conninfo/child-environment.ts";
import type { ServerTarget } from "../../kernel/conninfo/target.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Observer } from "../../kernel/observer.ts";
import { openPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { failedCall } from "../../kernel/private-files/errno.ts";
import { removeQuietly, syncDirectory } from "../../kernel/private-files/file.ts";
import { ownMark } from "../../kernel/private-files/process-mark.ts";
import { inspectSession } from "../../kernel/rollback-only/identity.ts";
import { openSession } from "../../kernel/session/open.ts";
import { processEnding } from "../../kernel/session/registry.ts";
import type { Session } from "../../kernel/session/session.ts";
import type { BackupArtifact } from "../backup-artifact.ts";
import { refuseTarget } from "../production/phase-session.ts";
import { countsOf } from "./contents.ts";
import { rowsDiffer } from "./copy-rows.ts";
import { type Dumped, dumpEncrypted } from "./encrypted-dump.ts";
import { checkEncryptionKey } from "./encryption-key.ts";
import { type Keyring, openKeyring } from "./keyring.ts";
import { removeLeftovers } from "./leftovers.ts";
import { manifestPath, writeManifest } from "./manifest.ts";
import { refuseBackup, refusedBy } from "./refusal.ts";
import type { BackupSettings } from "./settings.ts";
import { type BackupSnapshot, takeSnapshot } from "./snapshot.ts";
import { checkDumpVersion } from "./versions.ts";

export type BackupOrder = {
  /** The connection of the backup role, which may read all of it; pg_dump connects there too. */
  readonly target: ServerTarget;
  readonly settings: BackupSettings;
  /** The run that it is for; null outside of one. */
  readonly runId: string | null;
  /** The database that it has to be; null where any that was named will do. */
  readonly expected: TargetIdentity | null;
  /** limits.backupStallMs unless a test says otherwise. */
  readonly stallMs?: number;
  /** Why it must not go on, asked while it is made; absent: nothing keeps it. */
  readonly off?: () => string | null;
  /** Told how far it is: `unfailing`. Absent: nobody looks. */
  readonly observe?: Observer;
};

/** STOP_BACKUP_REFUSED, STOP_TARGET_CHANGED, or why the server could not be reached; then no file is left. */
export async function makeBackup(order: BackupOrder): Promise<BackupArtifact | Failure> {
  const { settings } = order;
  const directory = openPrivateDirectory(settings.directory);
  if (directory instanceof Failure) return refusedBy(directory, "the backup directory cannot be used");
  const swept = removeLeftovers(directory);
  if (swept instanceof Failure) return refusedBy(swept, "the backup directory cannot be used");
  const keyring = await openKeyring(settings);
  if (keyring instanceof Failure) return keyring;
  const forgotten = (): void => keyring.close();
  processEnding.addEventListener("abort", forgotten);
  try {
    const refused = await checkEncryptionKey(keyring, settings);
    return refused ?? (await withSession(order, (session) => backUp(session, { order, directory, keyring })));
  } finally {
    processEnding.removeEventListener("abort", forgotten);
    keyring.close();
  }
}

async function withSession<T>({ target }: BackupOrder, work: (session: Session) => Promise<T | Failure>) {
  const session = await openSession(target, { label: "backup" });
  return session instanceof Failure ? session : work(session).finally(() => session.close());
}

type Making = { readonly order: BackupOrder; readonly directory: string; readonly keyring: Keyring };

async function backUp(session: Session, making: Making): Promise<BackupArtifact | Failure> {
  const { order, directory } = making;
  // Its version is asked without a connection, so it gets no password for that.
  const dump = { command: order.settings.pgDump, environment: scrubEnvironment(process.env) };
  const version = await checkDumpVersion(dump, session.login.serverVersionNumber);
  if (version instanceof Failure) return version;
  const other = order.expected === null ? null : await refuseTarget(session, { target: order.expected });
  if (other !== null) return other;
  const identity = await inspectSession(session);
  if (identity instanceof Failure) return identity;
  const snapshot = await takeSnapshot(session, order.observe);
  if (snapshot instanceof Failure) return snapshot;
  const fileName = `cutter-${compactTimestamp()}-${randomBytes(4).toString("hex")}.dump.gpg`;
  const path = join(directory, fileName);
  const dumped = await writeFile(path, { ...making, snapshot });
  if (dumped instanceof Failure) return dumped;
  const rows = snapshot.contents.reduce((sum, content) => sum + content.rows, 0);
  const readBack = `pg_restore read it to its end: ${snapshot.contents.length} relations, ${rows} rows, as counted`;
  const { systemIdentifier, timeline, database, serverVersion } = identity;
  const manifestSha256 = writeManifest(path, {
    ...{ file_name: fileName, run_id: order.runId, snapshot_at: snapshot.takenAt, encoding: snapshot.encoding },
    ...{ target: { systemIdentifier, timeline, database }, server_version: serverVersion, pg_dump: version },
    relations: snapshot.contents.map(({ relation, rows, contentSha256 }) => {
      return { relation, rows, content_sha256: contentSha256 };
    }),
    ...{ plain: dumped.plain, cipher: dumped.cipher },
    ...{ key_fingerprint: order.settings.key, read_back: readBack },
  });
  if (manifestSha256 instanceof Failure) {
    for (const left of [path, manifestPath(path)]) removeQuietly(left);
    return refusedBy(manifestSha256, "the manifest could not be written");
  }
  return {
    ...{ fileName, manifestSha256, cipherSha256: dumped.cipher.sha256, plainSha256: dumped.plain.sha256 },
    ...{ keyFingerprint: order.settings.key, snapshotCounts: countsOf(snapshot.contents), readBack },
  };
}

type Writing = Making & { readonly snapshot: BackupSnapshot };

/** The whole file under its name, or none. */
async function writeFile(path: string, writing: Writing): Promise<Dumped | Failure> {
  const partial = `${path}.${ownMark()}.partial`;
  const given = (): void => removeQuietly(partial);
  processEnding.addEventListener("abort", given);
  try {
    const file = fs.openSync(partial, fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_EXCL, 0o600);
    const dumped = await dumpInto(file, writing).finally(() => fs.closeSync(file));
    if (dumped instanceof Failure) return dumped;
    const wrong = rowsDiffer(countsOf(writing.snapshot.contents), dumped.rows);
    if (wrong !== null) return refuseBackup(`the dump was read back: ${wrong}`);
    fs.renameSync(partial, path);
    syncDirectory(writing.directory);
    return dumped;
  } catch (cause) {
    return refuseBackup(failedCall("write the backup", cause), cause);
  } finally {
    given();
    processEnding.removeEventListener("abort", given);
  }
}

function dumpInto(file: number, { order, keyring, snapshot }: Writing): Promise<Dumped | Failure> {
  const { settings, target } = order;
  const tables = snapshot.contents.map(({ relation }) => `--table=${relation}`);
  const dumpWords = [
    ...["--format=custom", "--no-password", "--strict-names", `--lock-wait-timeout=${limits.lockTimeoutMs}`],
    ...[`--snapshot=${snapshot.name}`, ...tables],
  ];
  const rows = snapshot.contents.reduce((sum, content) => sum + content.rows, 0);
  const encryptWords = ["--no-autostart", "--compress-algo", "none", "--encrypt", "--recipient", settings.key];
  return dumpEncrypted({
    ...{ file, stallMs: order.stallMs ?? limits.backupStallMs, off: order.off ?? (() => null) },
    moved: (done, bytes) => order.observe?.({ unit: "rows", did: "dumped", done, total: rows, bytes }),
    dump: { command: [...settings.pgDump, ...dumpWords], environment: childEnvironment(target, process.env) },
    encrypt: { command: [...keyring.gpg, ...encryptWords], environment: keyring.environment },
    readBack: { command: [...settings.pgRestore, "--file=-"], environment: scrubEnvironment(process.env) },
  });
}
