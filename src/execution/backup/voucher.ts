/**
 * backup/voucher: what says, outside of its folder, that a backup and its manifest are what cutter wrote.
 *
 * A manifest digests itself, so whoever may write beside a backup can write another backup and another manifest. The
 * run store, the ledger and a person who kept a digest cannot be changed there. Made by the verbs; compared by
 * verify.ts before anything is decrypted. Pure, but for `readLedgerVouchers`.
 */
import ledgerBackups from "../../../sql/execution/find-backups.sql" with { type: "text" };
import { canonicalJson } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import type { Session } from "../../kernel/session/session.ts";
import { type BackupManifest, damaged } from "./manifest.ts";

/** What is null was not recorded. */
export type Voucher = {
  /** e.g. `run ictr-… in the run store`. */
  readonly by: string;
  readonly fileName: string | null;
  readonly cipherSha256: string | null;
  readonly plainSha256: string | null;
  readonly manifestSha256: string | null;
  readonly keyFingerprint: string | null;
  /** The run that it was made for, and the database of that run. */
  readonly runId: string | null;
  readonly target: BackupManifest["target"] | null;
  /** Rows by relation. */
  readonly counts: Readonly<Record<string, unknown>> | null;
};

export const SAYS_NOTHING = {
  ...{ fileName: null, cipherSha256: null, plainSha256: null, manifestSha256: null, keyFingerprint: null },
  ...{ runId: null, target: null, counts: null },
} as const satisfies Omit<Voucher, "by">;

/** Those that are about this backup: by its name, or by its bytes. */
export function vouchersFor(manifest: BackupManifest, all: readonly Voucher[]): readonly Voucher[] {
  const { file_name: fileName, cipher, plain } = manifest;
  return all.filter((voucher) => {
    if (voucher.fileName === null) return true;
    return (
      voucher.fileName === fileName || voucher.cipherSha256 === cipher.sha256 || voucher.plainSha256 === plain.sha256
    );
  });
}

/** BACKUP_DAMAGED with the first thing in which manifest and voucher differ. */
export function contradiction(manifest: BackupManifest, vouchers: readonly Voucher[]): Failure | null {
  for (const voucher of vouchers) {
    for (const [what, said, known] of statements(manifest, voucher)) {
      if (known === null || canonicalJson(said) === canonicalJson(known)) continue;
      const [wrote, knows] = [canonicalJson(said), canonicalJson(known)];
      return damaged(`its manifest says ${what} ${wrote}, and ${voucher.by} says ${knows}`);
    }
  }
  return null;
}

type Statement = readonly [what: string, said: Known, known: Known];
type Known = Parameters<typeof canonicalJson>[0];

function statements(manifest: BackupManifest, voucher: Voucher): readonly Statement[] {
  const counts = Object.fromEntries(manifest.relations.map(({ relation, rows }) => [relation, rows]));
  return [
    ["cipher sha256", manifest.cipher.sha256, voucher.cipherSha256],
    ["file name", manifest.file_name, voucher.fileName],
    ["plain sha256", manifest.plain.sha256, voucher.plainSha256],
    ["key", manifest.key_fingerprint, voucher.keyFingerprint],
    ["run", manifest.run_id, voucher.runId],
    ["target", manifest.target, voucher.target],
    ["rows", counts, voucher.counts as Known],
    ["manifest sha256", manifest.manifest_sha256, voucher.manifestSha256],
  ];
}

/** One sentence for each, and what is left open. */
export function vouchedWords(vouchers: readonly Voucher[]): { readonly checked: string[]; readonly remarks: string[] } {
  const checked = vouchers.map((voucher) => {
    const what = voucher.manifestSha256 === null ? "the archive" : "the archive and every word of its manifest";
    return `${voucher.by} vouches for ${what}`;
  });
  if (vouchers.length === 0) return { checked, remarks: [NOTHING_VOUCHES] };
  if (vouchers.some(({ manifestSha256 }) => manifestSha256 !== null)) return { checked, remarks: [] };
  return { checked, remarks: ["nothing outside of its folder vouches for when the manifest says that it was taken"] };
}

const NOTHING_VOUCHES =
  "nothing outside of its folder vouches for it: whoever may write there can have replaced the backup, its manifest " +
  "and all that it says of database and time";

/** What a ledger has of backups; any role that may read it. */
export async function readLedgerVouchers(session: Session, by: string): Promise<readonly Voucher[] | Failure> {
  const reply = await session.query(ledgerBackups);
  if (reply instanceof Failure) return reply;
  return reply.rows.map((row) => ({
    by: `run ${row.run_id} in ${by}`,
    ...{ fileName: row.file_name ?? null, cipherSha256: row.cipher_sha256 ?? null },
    ...{ plainSha256: row.plain_sha256 ?? null, manifestSha256: row.manifest_sha256 ?? null },
    ...{ keyFingerprint: row.key_fingerprint ?? null, runId: row.run_id ?? null },
    target: JSON.parse(row.target ?? "null") as Voucher["target"],
    counts: JSON.parse(row.snapshot_counts ?? "null") as Voucher["counts"],
  }));
}
