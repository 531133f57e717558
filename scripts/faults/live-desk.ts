/**
 * live-desk: all that a live run needs, for tests: a configuration with its connections, an approver's SSH key and the
 * policy that lists it, the keys of the DOT pair, and a key for backups; and the verbs that use them.
 *
 * Each verb is a process of its own, as an operator runs it. Used by the fault tests; never by the program.
 */
import { generateKeyPairSync } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeKey as makeBackupKey } from "../database/backup.ts";
import type { TestDatabase } from "../database/database.ts";
import { temporaryFolder } from "../database/files.ts";
import { makeKey as makeSshKey, signersFile } from "../database/signers.ts";
import type { Ended, Setting } from "./program.ts";
import { type Desk, makeDesk, runIdIn } from "./run-verbs.ts";

const SOVEREIGN = "sovereign@example.org";

export type LiveDesk = Desk & {
  /** The path of cutter.toml. */
  readonly configuration: string;
  /** Where the secret key of the backups lies. */
  readonly backupHome: string;
  /** The approver's private key. */
  readonly signingKey: string;
  /** Begins a live run of this source. */
  begin(document: string, source: string): Promise<string>;
  /** Writes and signs an approval, or with `--reject` a rejection; its path. */
  approve(runId: string, gate: Gate, argv?: readonly string[]): Promise<string>;
  /** The same, but for so many seconds from now. */
  approveFor(seconds: number, runId: string, gate: Gate): Promise<string>;
  resume(runId: string, approval: string | null, setting?: Omit<Setting, "stateDirectory">): Promise<Ended>;
  copyLive(): LiveDesk;
};

type Gate = "SG1" | "SG2" | "REVERT" | "HARD_DELETE";

type Keys = { readonly ssh: string; readonly configuration: string; readonly backupHome: string };

export function makeLiveDesk(database: TestDatabase, program?: string): LiveDesk {
  return liveDesk(makeDesk(program), makeKeys(database), program);
}

function liveDesk(desk: Desk, keys: Keys, program: string | undefined): LiveDesk {
  const { configuration } = keys;
  let approvals = 0;
  const resume: LiveDesk["resume"] = async (runId, approval, setting) => {
    const shown = await desk.show(runId);
    const given = approval === null ? [] : ["--approval", approval];
    const confirm = ["--confirm", shown.cutplanSha256 ?? ""];
    return desk.run(["resume", runId, ...given, "--live", ...confirm, "--config", configuration], setting);
  };
  const approve: LiveDesk["approve"] = async (runId, gate, argv = []) => {
    approvals += 1;
    const path = join(temporaryFolder(), `approval-${approvals}.json`);
    const signing = ["--authority", SOVEREIGN, "--sign-with", keys.ssh, "--out", path];
    const words = [...signing, "--unrehearsed", "--config", configuration];
    const ended = await desk.run(["approve", runId, "--gate", gate, ...argv, ...words]);
    if (ended.code !== 0) throw new Error(`approve answered ${ended.code}: ${ended.stderr}`);
    return path;
  };
  return {
    ...desk,
    ...{ configuration, backupHome: keys.backupHome, signingKey: keys.ssh },
    async begin(document, source) {
      const words = ["cut", document, "--source", source, "--survey", "--live", "--config", configuration];
      return runIdIn(await desk.run(words));
    },
    approve,
    async approveFor(seconds, runId, gate) {
      const path = await approve(runId, gate);
      await signAgain(path, keys.ssh, { expires_at: new Date(Date.now() + seconds * 1_000).toISOString() });
      return path;
    },
    resume,
    copyLive: () => {
      const other = desk.copy();
      return liveDesk(other, keys, program);
    },
  };
}

const NAMESPACES = { SG1: "sg1", SG2: "sg2", REVERT: "revert", HARD_DELETE: "hard-delete" } as const;

/** An approval with something else in it, signed by the same key. */
async function signAgain(path: string, key: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  const document = (await Bun.file(path).json()) as { readonly gate: Gate };
  writeFileSync(path, JSON.stringify({ ...document, ...changes }));
  rmSync(`${path}.sig`);
  const words = ["-Y", "sign", "-f", key, "-n", `${NAMESPACES[document.gate]}@cutter`, path];
  const signed = Bun.spawnSync(["ssh-keygen", ...words]);
  if (signed.exitCode !== 0) throw new Error(`ssh-keygen: ${signed.stderr}`);
}

function makeKeys(database: TestDatabase): Keys {
  const ssh = makeSshKey("ed25519");
  const backup = makeBackupKey();
  const folder = temporaryFolder();
  const dot = (leg: string): string => {
    const path = join(folder, `${leg}.pem`);
    const { privateKey } = generateKeyPairSync("ed25519");
    writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    return path;
  };
  const connection = (name: string, role: string): string => `[connections.${name}]\nurl = "${database.url(role)}"\n`;
  const configuration = join(folder, "cutter.toml");
  const text = [
    connection("survey", "context_pack_readonly"),
    connection("exec", "cutter_exec"),
    connection("verify", "cutter_verify"),
    connection("rehearse", "cutter_rehearse"),
    connection("backup", "workflow_admin"),
    connection("revert", "workflow_admin"),
    `[approvals]\nallowed_signers = "${signersFile(allowed(ssh.publicKey))}"\n`,
    `[backup]\nkey = "${backup.fingerprint}"\nkey_file = "${backup.keyFile}"\n`,
    `[signing]\nexec_key = "${dot("exec")}"\nverify_key = "${dot("verify")}"\n`,
  ].join("\n");
  writeFileSync(configuration, text, { mode: 0o600 });
  return { ssh: ssh.path, configuration, backupHome: backup.home };
}

function allowed(publicKey: string): string {
  const namespaces = Object.values(NAMESPACES)
    .map((gate) => `${gate}@cutter`)
    .join(",");
  return `${SOVEREIGN} namespaces="${namespaces}" ${publicKey}`;
}
