/**
 * backup-create: `cutter backup create`: an encrypted backup outside of the phases of a run.
 *
 * On the connection that --url or --service names, else [connections.backup]; never libpq's environment. Writes to no
 * database and to no run store. Called by backup.ts.
 */
import { join } from "node:path";
import { removeLeftovers } from "../execution/backup/leftovers.ts";
import { makeBackup } from "../execution/backup/make.ts";
import { backupSettings } from "../execution/backup/settings.ts";
import type { BackupArtifact } from "../execution/backup-artifact.ts";
import type { TargetIdentity } from "../flow/survey.ts";
import { type Configuration, readConfiguration } from "../kernel/conninfo/configuration.ts";
import { describeTarget } from "../kernel/conninfo/describe.ts";
import { resolveTarget } from "../kernel/conninfo/resolve.ts";
import type { Target } from "../kernel/conninfo/target.ts";
import { Failure } from "../kernel/failure.ts";
import { stateDirectory } from "../kernel/private-files/state-directory.ts";
import { folded } from "../report/lines.ts";
import type { Globals } from "./command/command.ts";
import { showProgress } from "./command/progress.ts";
import { EXIT } from "./exit.ts";
import { roleTarget } from "./live-connections.ts";
import { findRun, withStore } from "./run-store.ts";
import type { Terminal } from "./terminal.ts";

type Invocation = { readonly flags: { readonly run: string | undefined }; readonly globals: Globals };

/** `cutter.backup-create/v1`: `{ schema, database, file, manifest, digests, relations: { name: rows }, verdict }`. */
export async function backupCreate({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const configuration = await readConfiguration(globals.config, process.env);
  if (configuration instanceof Failure) return configuration;
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  const settings = backupSettings(configuration, state);
  if (settings instanceof Failure) return settings;
  const { run: runId = null } = flags;
  const expected = runId === null ? null : await targetOfRun(globals, runId);
  if (expected instanceof Failure) return expected;
  const target = await nameTarget(globals, configuration);
  if (target instanceof Failure) return target;
  const database = describeTarget(target);
  if (target.kind === "embedded") return new Failure("USAGE", "the database inside has nothing to back up");
  await terminal.talk(database);
  const left = removeLeftovers(settings.directory);
  if (left instanceof Failure) return left;
  for (const sentence of left) await terminal.alarm(sentence);
  const progress = showProgress(terminal);
  progress.now("backup");
  const artifact = await makeBackup({ target, settings, runId, expected, observe: progress.advanced }).finally(
    progress.stop,
  );
  if (artifact instanceof Failure) return artifact;
  const file = join(settings.directory, artifact.fileName);
  if (globals.format === "json") await terminal.document(document(artifact, { database, file }));
  else await terminal.result(text(artifact, { database, file }));
  return EXIT.done;
}

function nameTarget({ url, service }: Globals, configuration: Configuration): Promise<Target | Failure> {
  if (url === undefined && service === undefined) return roleTarget("backup", {}, configuration);
  return resolveTarget({
    environment: process.env,
    ...(url === undefined ? {} : { url }),
    ...(service === undefined ? {} : { service }),
  });
}

function targetOfRun(globals: Globals, runId: string): Promise<TargetIdentity | Failure> {
  return withStore(globals, async (store) => {
    const run = findRun(store, runId);
    return run instanceof Failure ? run : (run.target as TargetIdentity);
  });
}

type Place = { readonly database: string; readonly file: string };

const VERDICT = "CUTTER_BACKUP MADE";

function document(artifact: BackupArtifact, { database, file }: Place) {
  return {
    ...{ schema: "cutter.backup-create/v1", database, file, manifest: `${file}.json` },
    ...{ cipher_sha256: artifact.cipherSha256, plain_sha256: artifact.plainSha256 },
    manifest_sha256: artifact.manifestSha256,
    ...{ key_fingerprint: artifact.keyFingerprint, relations: artifact.snapshotCounts },
    ...{ read_back: artifact.readBack, verdict: VERDICT },
  };
}

function text(artifact: BackupArtifact, { database, file }: Place): string {
  const rows = Object.entries(artifact.snapshotCounts).map(([relation, count]) => `  ${relation}: ${count} rows`);
  const lines = [
    ...[...folded(database), ...folded(`backup ${file}`), ...folded(`manifest ${file}.json`)],
    `encrypted for ${artifact.keyFingerprint}`,
    ...[`sha256 ${artifact.cipherSha256}`, `manifest sha256 ${artifact.manifestSha256}`, ...rows, artifact.readBack],
    ...["keep the manifest's digest elsewhere: cutter backup verify --sha256 asks for it", VERDICT],
  ];
  return `${lines.join("\n")}\n`;
}
