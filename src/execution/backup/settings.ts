/**
 * backup/settings: how backups are made: for which key, into which directory, by which programs.
 *
 * From [backup] of the configuration; without it there is no backup, and so no live run. Called by the verbs.
 */
import { join } from "node:path";
import type { Configuration, ConfiguredBackup } from "../../kernel/conninfo/configuration.ts";
import { Failure } from "../../kernel/failure.ts";

export type BackupSettings = Omit<ConfiguredBackup, "directory"> & {
  /** Absolute; made where it is not there. */
  readonly directory: string;
};

/** Where backups lie, whether any can be made or not. Absolute. */
export function backupDirectory({ backup }: Pick<Configuration, "backup">, stateDirectory: string): string {
  return backup?.directory ?? join(stateDirectory, "backups");
}

/** CONFIG_INVALID where the configuration says nothing of backups. */
export function backupSettings(
  { backup }: Pick<Configuration, "backup">,
  stateDirectory: string,
): BackupSettings | Failure {
  if (backup !== null) return { ...backup, directory: backupDirectory({ backup }, stateDirectory) };
  return new Failure("CONFIG_INVALID", "the configuration has no [backup], so there is no key to encrypt one for", {
    hint: 'Add [backup] with key = "40 hex digits" and key_file = "/path/of/the/public/key" to cutter.toml.',
  });
}
