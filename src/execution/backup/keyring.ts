/**
 * backup/keyring: GnuPG with a directory of its own: a temporary one that holds one public key, or the configured one.
 *
 * Nothing of the user's own GnuPG takes part: no options file, no key server, no agent unless one has to decrypt. gpg
 * gets four variables, so no secret of ours reaches it. Closed by whoever opened it. Called by make and verify.
 */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { checkPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { failedCall } from "../../kernel/private-files/errno.ts";
import { readRegularFile, removeQuietly } from "../../kernel/private-files/file.ts";
import { refuseBackup, refusedBy } from "./refusal.ts";
import type { BackupSettings } from "./settings.ts";
import { askTool } from "./tool.ts";

export type Keyring = {
  /** gpg with the options that always hold. */
  readonly gpg: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** GnuPG's directory. */
  readonly home: string;
  close(): void;
};

type Place = Pick<BackupSettings, "gpg" | "keyFile" | "gnupgHome">;

const ALWAYS = ["--batch", "--no-tty", "--no-options", "--trust-model", "always", "--status-fd", "3"];

export async function openKeyring({ gpg, keyFile, gnupgHome }: Place): Promise<Keyring | Failure> {
  if (keyFile === null) {
    const wrong = gnupgHome === null ? null : (checkPrivateDirectory(gnupgHome) ?? tooLong(gnupgHome));
    if (gnupgHome === null) return refuseBackup("neither key_file nor gnupg_home is configured");
    if (wrong !== null) return refusedBy(wrong, "gnupg_home cannot be used");
    return keyringAt(gpg, gnupgHome, () => {});
  }
  const key = readRegularFile(keyFile, limits.publicKeyBytes);
  if (key instanceof Failure) return refusedBy(key, "key_file cannot be used");
  const home = makeHome();
  if (home instanceof Failure) return home;
  const keyring = keyringAt(gpg, home, () => removeHome(home));
  const command = [...keyring.gpg, "--no-autostart", "--import"];
  const imported = await askTool({ command, environment: keyring.environment }, key);
  if (!("reason" in imported) && imported.status.includes("[GNUPG:] IMPORT_OK ")) return keyring;
  keyring.close();
  return refuseBackup(
    `no key could be read from ${keyFile}: ${"reason" in imported ? imported.reason : "it has none"}`,
  );
}

/** Even to import a key, gpg looks for its agent, and fails where the path is too long for the socket's. */
function makeHome(): string | Failure {
  const fits = Buffer.byteLength(join(tmpdir(), "cutter-gnupg-XXXXXX")) <= limits.gnupgHomeBytes;
  const place = fits || !fs.existsSync(tmpdir()) ? tmpdir() : "/tmp";
  try {
    return fs.mkdtempSync(join(place, "cutter-gnupg-"));
  } catch (cause) {
    return refuseBackup(failedCall(`make a directory for gpg in ${place} (TMPDIR names it)`, cause), cause);
  }
}

/** GnuPG puts its sockets elsewhere for a user that the system has made a directory for. */
function tooLong(home: string): Failure | null {
  const bytes = Buffer.byteLength(home);
  if (bytes <= limits.gnupgHomeBytes || fs.existsSync(`/run/user/${process.geteuid?.()}`)) return null;
  const message = `the sockets of gpg's agent lie in it, and it has ${bytes} bytes, at most ${limits.gnupgHomeBytes}`;
  return new Failure("FILE_UNREADABLE", `${home} is too long: ${message}`);
}

function keyringAt(gpg: readonly string[], home: string, close: () => void): Keyring {
  const { PATH = "", GPG_TTY } = process.env;
  const environment = { PATH, LC_ALL: "C", TZ: "UTC", GNUPGHOME: home, ...(GPG_TTY === undefined ? {} : { GPG_TTY }) };
  return { gpg: [...gpg, ...ALWAYS], environment, home, close };
}

/** A gpg that is about to be killed may put a lock file there, or take one away, while the folder is read. */
function removeHome(home: string): void {
  for (let attempt = 0; attempt < limits.removeAttempts && fs.existsSync(home); attempt += 1) removeQuietly(home);
}
