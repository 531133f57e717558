/**
 * words: the options that client programs are given, written once: for the plan, which prints them, and for the steps.
 *
 * Data only.
 */
/** Where the data of a sandbox comes from. */
export type SourceKind = "reference" | "backup" | "live";

/** The database that is thrown away. */
export const DATABASE = "sandbox";

/** Of pg_dump, for a whole database; the snapshot is added by who holds it. */
export const DUMP_WORDS = ["--format=custom", "--no-password", "--lock-wait-timeout=5000"] as const;

/** A tablespace is a place on the host that the dump came from: here all lies in one. */
const ALWAYS = ["--exit-on-error", "--no-password", "--no-tablespaces"] as const;

/** Of pg_restore. A backup holds tables alone: their rows go into a schema that is there. */
export const RESTORE_WORDS: Readonly<Record<SourceKind, readonly string[]>> = {
  reference: ALWAYS,
  live: ALWAYS,
  backup: [...ALWAYS, "--data-only", "--disable-triggers"],
};

/** Of gpg, so that it asks nobody for a passphrase; its standard input is empty. */
export const GPG_WORDS = ["--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase-fd", "0"] as const;

/** Of ssh-keygen, for a one-time key without a passphrase. */
export function sshKeygenWords(path: string): readonly string[] {
  return ["-q", "-t", "ed25519", "-N", "", "-C", "sandbox", "-f", path];
}
