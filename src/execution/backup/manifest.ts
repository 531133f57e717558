/**
 * backup/manifest: what is known of a backup, in a private file beside it: `NAME.json`.
 *
 * Digests of both sides, counts and content digests of each relation in the dump's snapshot, the key, the target. It
 * digests itself, so that a change by mistake shows; what it says of the contents is compared with the archive itself,
 * and that it is not another one's with what is known elsewhere (voucher.ts).
 * Written last: a backup without one does not count. Written by make.ts, read by verify.ts.
 */
import { basename } from "node:path";
import * as v from "valibot";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { readPrivateFile, writePrivateFile } from "../../kernel/private-files/file.ts";

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const side = v.strictObject({ sha256: digest, bytes: count });

const manifestSchema = v.strictObject({
  schema: v.literal("cutter.backup/v1"),
  /** Of the backup, within its directory. */
  file_name: v.string(),
  /** The run that it was made for; null where it was made outside of one. */
  run_id: v.nullable(v.string()),
  /** When the snapshot was taken, by the server's clock, in UTC. */
  snapshot_at: v.string(),
  target: v.strictObject({
    systemIdentifier: v.nullable(v.string()),
    timeline: v.nullable(v.number()),
    database: v.string(),
  }),
  server_version: v.string(),
  encoding: v.string(),
  pg_dump: v.string(),
  relations: v.array(v.strictObject({ relation: v.string(), rows: count, content_sha256: digest })),
  plain: side,
  cipher: side,
  key_fingerprint: v.pipe(v.string(), v.regex(/^[0-9A-F]{40}$/)),
  read_back: v.string(),
  /** Of all the rest, as canonical JSON. */
  manifest_sha256: digest,
});

export type BackupManifest = v.InferOutput<typeof manifestSchema>;

export function manifestPath(backup: string): string {
  return `${backup}.json`;
}

/** The digest that it has of itself. */
export function writeManifest(
  backup: string,
  rest: Omit<BackupManifest, "schema" | "manifest_sha256">,
): string | Failure {
  const whole = { schema: "cutter.backup/v1", ...rest } as const;
  const manifest: BackupManifest = { ...whole, manifest_sha256: sha256(canonicalJson(whole)) };
  const unwritten = writePrivateFile(manifestPath(backup), `${JSON.stringify(manifest, null, 2)}\n`);
  return unwritten ?? manifest.manifest_sha256;
}

/** BACKUP_DAMAGED where it is not as it was written, or is another backup's. */
export function readManifest(backup: string): BackupManifest | Failure {
  const path = manifestPath(backup);
  const bytes = readPrivateFile(path, limits.backupManifestBytes);
  if (bytes instanceof Failure) return bytes;
  const parsed = v.safeParse(manifestSchema, parseJson(bytes));
  if (!parsed.success) return damaged(`${path} is not the manifest of a backup`);
  const { manifest_sha256: own, ...rest } = parsed.output;
  if (sha256(canonicalJson(rest)) !== own) return damaged(`${path} was changed since it was written`);
  if (rest.file_name === basename(backup)) return parsed.output;
  return damaged(`${path} is the manifest of another backup, ${rest.file_name}`);
}

export function damaged(message: string, cause?: unknown): Failure {
  return new Failure("BACKUP_DAMAGED", message, { cause });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
