/**
 * doctor/place: what a live run needs on this machine: the programs of a backup, its directory, the signing keys; and
 * what a killed process left there.
 *
 * Programs are started for their version, and the directory is written into, as a backup would: it is made where it is
 * not there. Called by doctor.ts.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describeLeftover, findLeftovers } from "../../execution/backup/leftovers.ts";
import { type BackupSettings, backupSettings } from "../../execution/backup/settings.ts";
import { askTool } from "../../execution/backup/tool.ts";
import { checkDumpVersion } from "../../execution/backup/versions.ts";
import { scrubEnvironment } from "../../kernel/conninfo/child-environment.ts";
import type { Configuration } from "../../kernel/conninfo/configuration.ts";
import { Failure } from "../../kernel/failure.ts";
import { openPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { writeNewPrivateFile } from "../../kernel/private-files/file.ts";
import { ownMark } from "../../kernel/private-files/process-mark.ts";
import { readSigningKeys } from "../../orchestrator/live/signing-keys.ts";
import type { Condition, Problem } from "../../readiness/doctor/condition.ts";

export type Place = {
  readonly stateDirectory: string /** Of the backup's server. */;
  readonly serverVersionNumber: number | null;
};

export async function lookAtPlace(configuration: Configuration, at: Place): Promise<Condition["place"]> {
  const keys = readSigningKeys(configuration);
  const problems: Problem[] = [];
  if (configuration.path === null) problems.push({ what: "there is no cutter.toml", next: "cutter init" });
  if (keys instanceof Failure) problems.push({ what: keys.message, next: keys.hint });
  const settings = backupSettings(configuration, at.stateDirectory);
  if (settings instanceof Failure) return { problems, remarks: [], seen: [] };
  const programs = await lookAtPrograms(settings, at.serverVersionNumber);
  const directory = tryDirectory(settings.directory);
  const left = findLeftovers(settings.directory);
  const remarks = left instanceof Failure ? [] : left.map((one) => describeLeftover(one));
  return {
    problems: [...problems, ...programs.problems, ...directory],
    remarks: remarks.map((what) => ({
      what,
      next: "cutter backup create (removes what a process left that has ended)",
    })),
    seen: [...programs.seen, `${settings.directory} can be written and is private`, "two signing keys"],
  };
}

type Programs = { readonly problems: readonly Problem[]; readonly seen: readonly string[] };

async function lookAtPrograms(settings: BackupSettings, serverVersion: number | null): Promise<Programs> {
  const problems: Problem[] = [];
  const seen: string[] = [];
  const environment = scrubEnvironment(process.env);
  const next = (name: string) => `install it, or ${name} = ["/path"] in [backup] of cutter.toml; then cutter doctor`;
  for (const [name, command] of [
    ["pg_dump", settings.pgDump],
    ["pg_restore", settings.pgRestore],
    ["gpg", settings.gpg],
  ] as const) {
    const answer = await askTool({ command: [...command, "--version"], environment });
    const version = "reason" in answer ? "" : (answer.output.split("\n")[0] ?? "");
    if ("reason" in answer) problems.push({ what: answer.reason, next: next(name) });
    else if (!version.startsWith(name)) problems.push({ what: `${command[0]} is not ${name}`, next: next(name) });
    else seen.push(version);
  }
  const dump = { command: settings.pgDump, environment };
  const fits = problems.length === 0 && serverVersion !== null ? await checkDumpVersion(dump, serverVersion) : null;
  if (fits instanceof Failure) problems.push({ what: fits.message, next: next("pg_dump") });
  return { problems, seen };
}

/** Written into for a moment, since that is what a full or read-only disk refuses. */
function tryDirectory(path: string): readonly Problem[] {
  const next = `mkdir -p -m 700 '${path}', or directory in [backup] of cutter.toml; then cutter doctor`;
  const directory = openPrivateDirectory(path);
  if (directory instanceof Failure) return [{ what: `the backup directory: ${directory.message}`, next }];
  const probe = join(directory, `.doctor-${ownMark()}`);
  const written = writeNewPrivateFile(probe, "written by cutter doctor, and removed again\n");
  if (written !== null) return [{ what: `the backup directory: ${written.message}`, next }];
  rmSync(probe);
  return [];
}
