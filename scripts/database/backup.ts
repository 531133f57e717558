/**
 * backup: GnuPG keys made for one test in directories of their own, and what a backup is made with.
 *
 * Ed25519 without a passphrase, made in a moment; the agent that making one starts is ended again. For the tests of
 * backups; never used by the program.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BackupSettings } from "../../src/execution/backup/settings.ts";
import type { ServerTarget } from "../../src/kernel/conninfo/target.ts";
import type { TestDatabase } from "./database.ts";
import { temporaryFolder } from "./files.ts";
import { hostOf, targetOf } from "./target.ts";

export type TestKey = {
  readonly home: string;
  readonly fingerprint: string;
  /** The public key alone. */
  readonly keyFile: string;
};

export type KeyShape = {
  /** `never`, `10d`, `1y`. */
  readonly expires?: string;
  /** As gpg --faked-system-time takes it. */
  readonly madeAt?: string;
  readonly encrypts?: "yes" | "no";
  readonly revoked?: "yes" | "no";
};

const NO_PASSPHRASE = ["--batch", "--passphrase", "", "--pinentry-mode", "loopback"];

/** Runs gpg in a home; answers its output, throws with its complaint. Ends the agent that it may have started. */
export function gpgIn(home: string, words: readonly string[]): string {
  const env = { PATH: process.env.PATH ?? "", GNUPGHOME: home };
  const run = Bun.spawnSync(["gpg", ...NO_PASSPHRASE, ...words], { env });
  endAgent(home);
  if (run.exitCode !== 0) throw new Error(`gpg ${words.join(" ")}: ${run.stderr}`);
  return run.stdout.toString();
}

export function endAgent(home: string): void {
  const env = { PATH: process.env.PATH ?? "", GNUPGHOME: home };
  Bun.spawnSync(["gpgconf", "--kill", "gpg-agent"], { env });
}

export function makeKey({ expires = "never", madeAt, encrypts = "yes", revoked = "no" }: KeyShape = {}): TestKey {
  const home = temporaryFolder();
  const time = madeAt === undefined ? [] : ["--faked-system-time", madeAt];
  gpgIn(home, [...time, "--quick-generate-key", "Test <test@example.org>", "ed25519", "cert,sign", expires]);
  const listed = gpgIn(home, ["--with-colons", "--list-keys"]);
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? "";
  if (encrypts === "yes") gpgIn(home, [...time, "--quick-add-key", fingerprint, "cv25519", "encr", expires]);
  if (revoked === "yes") revoke(home);
  const keyFile = join(temporaryFolder(), "key.gpg");
  gpgIn(home, ["--output", keyFile, "--export", fingerprint]);
  return { home, fingerprint, keyFile };
}

/** GnuPG makes the certificate with the key, and puts a colon before it so that nobody imports it by mistake. */
function revoke(home: string): void {
  const folder = join(home, "openpgp-revocs.d");
  const [name = ""] = readdirSync(folder);
  const certificate = join(home, "revoke.asc");
  writeFileSync(certificate, readFileSync(join(folder, name), "utf8").replace(":-----BEGIN", "-----BEGIN"));
  gpgIn(home, ["--import", certificate]);
}

export function settingsFor(key: TestKey, changes: Partial<BackupSettings> = {}): BackupSettings {
  const directory = join(temporaryFolder(), "backups");
  mkdirSync(directory, { mode: 0o700 });
  return {
    ...{ key: key.fingerprint, keyFile: key.keyFile, gnupgHome: null, directory, retentionDays: 30 },
    ...{ pgDump: ["pg_dump"], pgRestore: ["pg_restore"], gpg: ["gpg"] },
    ...changes,
  };
}

/** Over TCP with the tests' password, as the role that owns the tables. */
export function backupTarget(database: TestDatabase, changes: Partial<ServerTarget> = {}): ServerTarget {
  return targetOf([hostOf(database.server.port)], { database: database.name, user: "workflow_admin", ...changes });
}

/** A program of one's own in place of another: a shell script; answers its path. */
export function script(text: string): string {
  const path = join(temporaryFolder(), "program");
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}
