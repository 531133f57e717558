/**
 * backup: the table of `cutter backup …`: create, verify.
 *
 * Data, and a `run` that imports its verb when it is called, never sooner. No logic here. Read by commands.ts.
 */
import { defineCommand, type Group } from "./command/command.ts";

const create = defineCommand({
  name: "create",
  summary: "Makes an encrypted backup of what a cut can write, and reads it back in full; nothing is written there.",
  description: [
    "Tables of the lifecycle and the ledger, counted and dumped in one snapshot, encrypted for the one key that " +
      "[backup] of the configuration names. It counts only if pg_dump, gpg and pg_restore all succeed; else no file " +
      "is left.",
    '[backup]: key = "40 hex digits", and key_file = "/public/key" or gnupg_home = "/directory"; directory (backups ' +
      'in the state directory), retention ("30d": the key has to outlive it), and the programs pg_dump, pg_restore ' +
      'and gpg as lists of words, e.g. pg_dump = ["/usr/lib/postgresql/17/bin/pg_dump"].',
    "The programs get the connection by environment. One in a container has to be handed it on, by name alone: " +
      'pg_dump = ["docker", "exec", "-i", "-e", "PGHOST", "-e", "PGPORT", "-e", "PGUSER", "-e", "PGPASSWORD", ' +
      '"-e", "PGDATABASE", "postgres", "pg_dump"].',
  ],
  examples: [
    { arguments: "", explanation: "With [connections.backup] and [backup] of the configuration." },
    { arguments: "--run ictr-20260521T042359Z-ad3d0b97", explanation: "Only if it is the database of this run." },
  ],
  positionals: [],
  flags: [{ name: "run", kind: "string", valueName: "RUN", description: "The run whose database it has to be." }],
  run: async (invocation, terminal) => (await import("./backup-create.ts")).backupCreate(invocation, terminal),
});

const verify = defineCommand({
  name: "verify",
  summary: "Checks a backup against its manifest; with the secret key its contents, with --restore by restoring it.",
  description: [
    "The manifest lies beside it (FILE.json). What fails is refused at once, and nothing of it is executed. Where " +
      "the secret key is at hand the dump is decrypted beside the file, into one that has no name and so cannot stay.",
    "Whoever may write in its folder can replace both. So they are compared with what is known elsewhere: the run " +
      "store of this machine, the ledger of --ledger-url, a digest that was kept (--sha256).",
    "--restore makes a scratch database on the server that --url or --service names, restores tables and rows, " +
      "compares each relation, and drops it again. That runs SQL of the archive, so something has to vouch for it.",
  ],
  examples: [
    { arguments: "cutter-20260521T042359Z-ad3d0b97.dump.gpg", explanation: "Is it still as it was written?" },
    {
      arguments: "FILE --gnupg-home /safe/gnupg --restore --url postgres://admin@scratch/postgres",
      explanation: "Can it be restored, and is it what was there?",
    },
  ],
  positionals: [{ name: "FILE", description: "The backup, with its manifest beside it.", required: true }],
  flags: [
    { name: "restore", kind: "boolean", description: "Restore it into a database made for it, and compare." },
    { name: "unvouched", kind: "boolean", description: "With --restore: also where nothing vouches for the backup." },
    {
      name: "sha256",
      kind: "string",
      valueName: "DIGEST",
      description: "The digest of the manifest that cutter backup create printed.",
    },
    {
      name: "ledger-url",
      kind: "string",
      valueName: "URL",
      description: "A database whose ledger is asked for the backup, as a role that may read it.",
    },
    {
      name: "gnupg-home",
      kind: "string",
      valueName: "DIRECTORY",
      description: "GnuPG's directory with the secret key; gnupg_home of [backup] where it is left out.",
    },
  ],
  run: async (invocation, terminal) => (await import("./backup-verify.ts")).backupVerify(invocation, terminal),
});

export const BACKUP: Group = {
  name: "backup",
  summary: "Makes and verifies encrypted backups of what a cut can write.",
  examples: [],
  commands: [create, verify],
};
