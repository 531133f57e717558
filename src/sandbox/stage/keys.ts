/**
 * stage/keys: the one-time keys of a sandbox: the sovereign's for approvals, the DOT pair's, and one for backups.
 *
 * Made in the sandbox's own directory and gone with it; each private part is a secret that is looked for at the end.
 * GnuPG gets a home of its own with a short path, since the socket of its agent lies there. Called by C-02.
 */
import { generateKeyPairSync } from "node:crypto";
import * as fs from "node:fs";
import { join } from "node:path";
import { registerSecret } from "../../kernel/evidence/redaction.ts";
import { Failure } from "../../kernel/failure.ts";
import { writeNewPrivateFile } from "../../kernel/private-files/file.ts";
import { makeFolder } from "../leftovers/marked-directory.ts";
import { known, type Sandbox } from "../sandbox.ts";
import { firstLine } from "../sources/database.ts";
import { GNUPG } from "../temporary.ts";
import { GPG_WORDS, sshKeygenWords } from "../words.ts";
import type { Keys } from "./facts.ts";

export async function makeKeys(sandbox: Sandbox): Promise<Keys | Failure> {
  const directory = makeFolder(sandbox.path("keys"));
  if (directory instanceof Failure) return directory;
  const ssh = join(directory, "sovereign");
  const made = await tool(sandbox, ["ssh-keygen", ...sshKeygenWords(ssh)], null);
  if (made instanceof Failure) return made;
  fs.chmodSync(`${ssh}.pub`, 0o600);
  secret(sandbox, "sovereign's key", fs.readFileSync(ssh, "utf8"));
  const pair = (["exec", "verify"] as const).map((leg) => signingKey(sandbox, join(directory, `${leg}.pem`), leg));
  const failed = pair.find((one) => one instanceof Failure);
  if (failed instanceof Failure) return failed;
  const backup = await backupKey(sandbox);
  if (backup instanceof Failure) return backup;
  const [kind = "", base64 = ""] = fs.readFileSync(`${ssh}.pub`, "utf8").split(" ");
  const [exec, verify] = [join(directory, "exec.pem"), join(directory, "verify.pem")];
  return { ssh, sshPublic: `${kind} ${base64}`, exec, verify, ...backup, homes: [ssh, exec, verify] };
}

function signingKey(sandbox: Sandbox, path: string, leg: string): null | Failure {
  const { privateKey } = generateKeyPairSync("ed25519");
  const text = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  secret(sandbox, `key of the leg ${leg}`, text);
  return writeNewPrivateFile(path, text);
}

/** The lines between the first and the last of an armoured key. */
function secret(sandbox: Sandbox, name: string, text: string): void {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  for (const line of lines) registerSecret(line);
  // The first lines of an OpenSSH key are the same for all of them.
  sandbox.secrets.add(name, lines.at(-2) ?? lines.at(-1) ?? "");
}

type BackupKey = Pick<Keys, "gnupgHome" | "backupKey" | "backupPublic">;

async function backupKey(sandbox: Sandbox): Promise<BackupKey | Failure> {
  const home = makeFolder(join(known(sandbox.temporary, "temporary directory"), GNUPG));
  if (home instanceof Failure) return home;
  const gpg = (...words: readonly string[]) => tool(sandbox, ["gpg", "--homedir", home, ...GPG_WORDS, ...words], home);
  const created = await gpg("--quick-generate-key", "sandbox", "ed25519", "cert,sign", "never");
  if (created instanceof Failure) return created;
  const listed = await gpg("--with-colons", "--list-keys");
  if (listed instanceof Failure) return listed;
  const fingerprint = /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? "";
  const added = await gpg("--quick-add-key", fingerprint, "cv25519", "encr", "never");
  const backupPublic = sandbox.path("keys", "backup.gpg");
  const exported = await gpg("--output", backupPublic, "--export", fingerprint);
  const ended = await tool(sandbox, ["gpgconf", "--homedir", home, "--kill", "all"], home);
  const failed = [added, exported, ended].find((one) => one instanceof Failure);
  if (failed instanceof Failure) return failed;
  fs.chmodSync(backupPublic, 0o600);
  closeFiles(home);
  return { gnupgHome: home, backupKey: fingerprint, backupPublic };
}

/** What gpg writes for others to read, its directory keeps from them; here each file is closed by itself too. */
function closeFiles(folder: string): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) fs.chmodSync(join(entry.parentPath, entry.name), 0o600);
  }
}

/** Its output. SANDBOX_PROVIDER_UNAVAILABLE where the program is missing or fails: nothing was started yet. */
async function tool(sandbox: Sandbox, command: readonly string[], home: string | null): Promise<string | Failure> {
  const { PATH = "" } = sandbox.order.environment;
  const environment = { PATH, LC_ALL: "C", TZ: "UTC", ...(home === null ? {} : { GNUPGHOME: home }) };
  const ended = await sandbox.processes.run({ command, environment });
  if (ended.code === 0) return ended.stdout;
  const how = ended.code === null ? (ended.signal ?? "it is not installed") : `exit code ${ended.code}`;
  return new Failure(
    "SANDBOX_PROVIDER_UNAVAILABLE",
    `${command[0]} cannot make a one-time key: ${how}: ${firstLine(ended.stderr)}`,
  );
}
