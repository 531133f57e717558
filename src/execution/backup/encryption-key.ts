/**
 * backup/encryption-key: whether a backup may be encrypted for the configured key: now, and readable when it is needed.
 *
 * Judged from gpg's machine-readable list before anything is dumped. A key that is expired, revoked, disabled, invalid
 * or for signing only, or that expires before the backups do, is refused with the reason. Called by make.ts.
 * Source: GnuPG, doc/DETAILS, "Format of the colon listings".
 */
import { timestamp } from "../../kernel/clock.ts";
import type { Failure } from "../../kernel/failure.ts";
import type { Keyring } from "./keyring.ts";
import { refuseBackup } from "./refusal.ts";
import { askTool } from "./tool.ts";

export type WantedKey = { /** 40 upper-case hex digits. */ readonly key: string; readonly retentionDays: number };

/** null where it may be used. */
export async function checkEncryptionKey({ gpg, environment }: Keyring, wanted: WantedKey): Promise<Failure | null> {
  const command = [...gpg, "--no-autostart", "--with-colons", "--fixed-list-mode", "--list-keys", wanted.key];
  const listed = await askTool({ command, environment });
  if ("reason" in listed) return refuseBackup(`the key ${wanted.key} is not to be found: ${listed.reason}`);
  const reason = whyUnusable(listed.output, wanted, Date.parse(timestamp()));
  return reason === null ? null : refuseBackup(`the key ${wanted.key} cannot be used: ${reason}`);
}

const UNUSABLE: Readonly<Record<string, string>> = {
  e: "it has expired",
  r: "it was revoked",
  d: "it is disabled",
  i: "it is invalid",
  n: "it is not valid",
};

/** A sentence, or null. Pure: `listing` is what gpg --with-colons --list-keys printed. */
export function whyUnusable(listing: string, { key, retentionDays }: WantedKey, nowMs: number): string | null {
  const records = listing.split("\n").map((line) => line.split(":"));
  const primary = records.filter(([type]) => type === "pub");
  const [pub] = primary;
  if (pub === undefined || primary.length !== 1) return `there are ${primary.length} keys of that name, not one`;
  const at = records.indexOf(pub);
  const fingerprint = records.slice(at).find(([type]) => type === "fpr")?.[9];
  if (fingerprint !== key) return `the fingerprint of the key that was found is ${fingerprint ?? "not told"}`;
  const validity = pub[1] ?? "";
  const unusable = UNUSABLE[validity[0] ?? ""];
  if (unusable !== undefined) return unusable;
  if (pub[11]?.includes("D")) return "it is disabled";
  if (!pub[11]?.includes("E")) return "nothing can be encrypted for it now";
  const endMs = nowMs + retentionDays * DAY_MS;
  const encrypting = records.filter(([type, state = ""]) => {
    return (type === "pub" || type === "sub") && UNUSABLE[state[0] ?? ""] === undefined;
  });
  const parts = encrypting.filter((record) => record[11]?.includes("e"));
  if (parts.length === 0) return "none of its parts can encrypt";
  const lasting = takenBy(parts, nowMs).every((record) => outlives(record, endMs));
  if (outlives(pub, endMs) && lasting) return null;
  const which = outlives(pub, endMs) ? "the part of it that gpg encrypts for" : "it";
  return `${which} expires before the backup does, which is kept for ${retentionDays} days`;
}

/**
 * Of several, gpg takes the subkey that was made last, and the primary only where there is no other (GnuPG,
 * g10/getkey.c, finish_lookup). Field 6 is when it was made, in seconds since 1970; one of the future is not taken.
 */
function takenBy(parts: readonly (readonly string[])[], nowMs: number): readonly (readonly string[])[] {
  const made = (record: readonly string[]): number => Number(record[5] ?? 0);
  const subkeys = parts.filter(([type]) => type === "sub");
  const ready = (subkeys.length === 0 ? parts : subkeys).filter((record) => made(record) * 1000 <= nowMs);
  const last = Math.max(...ready.map(made));
  return ready.length === 0 ? parts : ready.filter((record) => made(record) === last);
}

const DAY_MS = 24 * 3_600_000;

/** Field 7 is in seconds since 1970, or empty for a key that never expires. */
function outlives(record: readonly string[], endMs: number): boolean {
  const expires = record[6] ?? "";
  return expires === "" || (/^\d+$/.test(expires) && Number(expires) * 1000 > endMs);
}
