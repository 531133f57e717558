/** Tests of verifying a backup: an intact one restored and compared, and every damage refused before it is executed. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  backupTarget,
  endAgent,
  gpgIn,
  makeKey,
  script,
  settingsFor,
  type TestKey,
} from "../../../scripts/database/backup.ts";
import { createDatabase, psqlOn, type TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { failed, hostOf, succeed } from "../../../scripts/database/target.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import { makeBackup } from "./make.ts";
import { type BackupManifest, manifestPath } from "./manifest.ts";
import { type VerifyOrder, verifyBackup } from "./verify.ts";

let database: TestDatabase;
let key: TestKey;
/** Two backups of one database, made once; each test damages a copy. */
let made: string;
let other: string;
let copy: string;
/** Grows by a line each time that pg_restore is started. */
let calls: string;
let told: string[];

beforeAll(async () => {
  database = await createDatabase(await anyServer(), { template: "reference" });
  key = makeKey();
  const settings = settingsFor(key);
  const order = { target: backupTarget(database), settings, runId: null, expected: null };
  made = join(settings.directory, succeed(await makeBackup(order)).fileName);
  // Two dumps of the same second and the same rows are the same.
  database.psql(`INSERT INTO cutter_governance.review_decision (run_id, decision, reason) VALUES ('x', 'hold', 'x')`);
  other = join(settings.directory, succeed(await makeBackup(order)).fileName);
});
afterAll(() => {
  if (key !== undefined) endAgent(key.home);
  database?.drop();
});
beforeEach(() => {
  copy = copyOf(made);
  told = [];
  calls = join(temporaryFolder(), "calls");
});

function copyOf(backup: string): string {
  const folder = join(temporaryFolder(), "copies");
  mkdirSync(folder, { mode: 0o700 });
  for (const name of readdirSync(join(backup, ".."))) cpSync(join(backup, "..", name), join(folder, name));
  return join(folder, backup.split("/").at(-1) ?? "");
}

function verify(changes: Partial<VerifyOrder> = {}) {
  const pgRestore = [script(`echo "$*" >> ${calls}; exec pg_restore "$@"`)];
  const order = { path: copy, gnupgHome: key.home, decrypt: "must", gpg: ["gpg"], pgRestore, restoreTo: null } as const;
  const vouching = { vouchers: [], unvouched: "allowed" } as const;
  const tell = async (sentence: string): Promise<void> => {
    told.push(sentence);
  };
  return verifyBackup({ ...order, ...vouching, tell, ...changes });
}

function restoreTo(): VerifyOrder["restoreTo"] {
  const { port, socketDirectory } = database.server;
  const hosts = [hostOf(port, { host: socketDirectory, password: null })];
  return backupTarget(database, { user: "postgres", database: "postgres", hosts });
}

function scratchDatabases(): string {
  return psqlOn(
    database.server,
    "postgres",
    "SELECT count(*) FROM pg_database WHERE datname LIKE 'cutter\\_scratch\\_%'",
  );
}

/** As a careful forger would: the manifest digests itself again after the change. */
function forge(change: (manifest: BackupManifest) => Partial<BackupManifest>): void {
  const manifest = JSON.parse(readFileSync(manifestPath(copy), "utf8")) as BackupManifest;
  const { manifest_sha256: _, ...rest } = { ...manifest, ...change(manifest) };
  writeFileSync(manifestPath(copy), JSON.stringify({ ...rest, manifest_sha256: sha256(canonicalJson(rest)) }));
}

function alter(change: (bytes: Buffer) => Uint8Array): void {
  writeFileSync(copy, change(readFileSync(copy)));
}

function flipAt(place: (length: number) => number): () => void {
  return () =>
    alter((bytes) => {
      const at = place(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes;
    });
}

const DAMAGES: readonly (readonly [string, () => void, string])[] = [
  ["one bit flipped in its header", flipAt(() => 1), "its bytes are not those that were written"],
  ["one bit flipped in its middle", flipAt((length) => length >> 1), "its bytes are not those that were written"],
  ["one bit flipped at its end", flipAt((length) => length - 1), "its bytes are not those that were written"],
  ["its last byte cut off", () => alter((bytes) => bytes.subarray(0, -1)), "bytes, and"],
  ["its second half cut off", () => alter((bytes) => bytes.subarray(0, bytes.length >> 1)), "bytes, and"],
  ["a byte appended", () => alter((bytes) => Buffer.concat([bytes, Buffer.from([0])])), "bytes, and"],
  ["nothing left in it", () => alter(() => new Uint8Array()), "it has 0 bytes"],
  ["another backup in its place", () => cpSync(other, copy), "were written"],
  [
    "another backup and its manifest in its place",
    () => {
      for (const of of [(path: string) => path, manifestPath]) cpSync(of(other), of(copy));
    },
    "is the manifest of another backup",
  ],
  [
    "another count in its manifest",
    () => {
      const text = readFileSync(manifestPath(copy), "utf8");
      writeFileSync(manifestPath(copy), text.replace('"rows": 158', '"rows": 157'));
    },
    "was changed since it was written",
  ],
  [
    "a manifest with a key that is not known",
    () => forge(() => ({ note: "x" }) as Partial<BackupManifest>),
    "is not the manifest",
  ],
  ["a manifest that is no JSON", () => writeFileSync(manifestPath(copy), "{"), "is not the manifest of a backup"],
];

test.each(DAMAGES)("a backup with %s is refused before it is decrypted", async (_what, damage, reason) => {
  damage();
  const gpg = [script(`echo gpg >> ${calls}; exec gpg "$@"`)];
  const failure = failed(await verify({ gpg, restoreTo: restoreTo() }));
  expect([failure.code, failure.exitCode]).toEqual(["BACKUP_DAMAGED", 3]);
  expect(failure.message).toContain(reason);
  expect(failure.data).toBe("Nothing of the archive was executed, and no database was changed.");
  expect([existsSync(calls), scratchDatabases()]).toEqual([false, "0"]);
});

test("a backup without its manifest, or that is a link, is refused", async () => {
  renameSync(manifestPath(copy), `${copy}.away`);
  expect(failed(await verify()).code).toBe("FILE_UNREADABLE");
  copy = copyOf(made);
  renameSync(copy, `${copy}.away`);
  Bun.spawnSync(["ln", "-s", `${copy}.away`, copy]);
  expect(failed(await verify()).code).toBe("FILE_UNREADABLE");
});

/** The digests of the file are made to fit, so that what stands behind them has to notice. */
function forgeCipher(): void {
  const bytes = readFileSync(copy);
  forge(() => ({ cipher: { sha256: sha256(bytes), bytes: bytes.length } }));
}

const FORGED: readonly (readonly [string, () => void, string])[] = [
  ...DAMAGES.slice(1, 5).map(([what, damage]) => [what, damage, "it cannot be decrypted"] as const),
  ["another backup's bytes", () => cpSync(other, copy), "what was decrypted is not what was dumped"],
  [
    "a message that somebody else made for the key",
    () => {
      const plain = join(temporaryFolder(), "evil.sql");
      writeFileSync(plain, "DROP DATABASE postgres;");
      gpgIn(key.home, ["--yes", "--trust-model", "always", "-o", copy, "-r", key.fingerprint, "--encrypt", plain]);
    },
    "what was decrypted is not what was dumped",
  ],
];

test.each(FORGED)("with a manifest that was made to fit: %s is refused, and not executed", async (...forged) => {
  const [, damage, reason] = forged;
  damage();
  forgeCipher();
  const failure = failed(await verify({ restoreTo: restoreTo() }));
  expect(`${failure.code} ${failure.message}`).toContain(`BACKUP_DAMAGED ${reason}`);
  expect([existsSync(calls), scratchDatabases()]).toEqual([false, "0"]);
  expect(readdirSync(join(copy, "..")).filter((name) => name.startsWith("."))).toEqual([]);
});

test("gpg's word is needed: without DECRYPTION_OKAY or GOODMDC nothing is read, whatever the digests say", async () => {
  for (const word of ["DECRYPTION_OKAY", "GOODMDC"]) {
    // The status goes through a filter that takes the one line out.
    const text = `case "$*" in *--decrypt*) ;; *) exec gpg "$@";; esac
      status=$(mktemp); gpg "$@" 3> "$status"; code=$?; grep -v ${word} "$status" >&3; rm "$status"; exit $code`;
    const failure = failed(await verify({ gpg: [script(text)] }));
    expect(`${failure.code} ${failure.message}`).toBe(`BACKUP_DAMAGED gpg ended with 0 and did not say ${word}`);
    expect(existsSync(calls)).toBe(false);
  }
});

test("forged counts are found by reading the archive, forged digests of contents by restoring it", async () => {
  const change = (manifest: BackupManifest, of: (one: BackupManifest["relations"][number]) => object) => ({
    relations: manifest.relations.map((one) => (one.rows === 158 ? { ...one, ...of(one) } : one)),
  });
  forge((manifest) => change(manifest, ({ rows }) => ({ rows: rows - 1 })));
  expect(failed(await verify()).message).toContain("public.information_unit has 158 rows in the archive, and 157");
  copy = copyOf(made);
  forge((manifest) => change(manifest, () => ({ content_sha256: sha256("other") })));
  succeed(await verify());
  const failure = failed(await verify({ restoreTo: restoreTo() }));
  expect(`${failure.code} ${failure.message}`).toBe(
    "BACKUP_DAMAGED public.information_unit holds other rows than were dumped",
  );
  // By then SQL of the archive was run.
  expect(failure.data).toContain("was made on ");
  expect(scratchDatabases()).toBe("0");
});

test("an intact backup is decrypted, read, restored and compared, and leaves nothing behind", async () => {
  const verified = succeed(await verify({ restoreTo: restoreTo() }));
  expect(verified.checked.length).toBe(4);
  expect(told).toEqual([expect.stringMatching(/^making the scratch database cutter_scratch_[0-9a-f]{16}, /)]);
  expect(verified.checked[3]).toContain("rows and contents of each relation are those of its snapshot");
  expect(readFileSync(calls, "utf8").trim().split("\n").length).toBe(2);
  expect(scratchDatabases()).toBe("0");
  expect(readdirSync(join(copy, "..")).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a restore that fails says nothing of damage, and leaves no scratch database and no plain file", async () => {
  const pgRestore = [script('case "$*" in *--dbname*) echo broken >&2; exit 1;; esac; exec pg_restore "$@"')];
  const failure = failed(await verify({ restoreTo: restoreTo(), pgRestore }));
  const whole = "the archive was read to its end and fits its manifest; it could not be restored here: ";
  expect(`${failure.code} ${failure.message}`).toContain(`BACKUP_NOT_RESTORED ${whole}`);
  expect(failure.message).toContain("ended with 1: broken");
  expect(failure.data).toMatch(/^The scratch database cutter_scratch_[0-9a-f]{16} was made on .*, and dropped again\./);
  expect(scratchDatabases()).toBe("0");
  expect(readdirSync(join(copy, "..")).filter((name) => name.startsWith("."))).toEqual([]);
});

test("a role that may not create a database is told so, and the backup is not said to be damaged", async () => {
  const failure = failed(await verify({ restoreTo: backupTarget(database, { user: "context_pack_readonly" }) }));
  expect(failure.code).toBe("PERMISSION_DENIED");
});

test("without the secret key the file is compared with its manifest, and what was not looked at is said", async () => {
  const elsewhere = makeKey().home;
  for (const gnupgHome of [null, elsewhere]) {
    const verified = succeed(await verify({ gnupgHome, decrypt: "if possible" }));
    expect(verified.checked.length).toBe(1);
    expect(verified.remarks.at(-1)).toContain("it was not decrypted: the secret key");
    expect(failed(await verify({ gnupgHome, decrypt: "must" })).code).toBe("BACKUP_UNREADABLE");
    const restoring = { gnupgHome, decrypt: "if possible", restoreTo: restoreTo() } as const;
    expect(failed(await verify(restoring)).code).toBe("BACKUP_UNREADABLE");
  }
  endAgent(elsewhere);
});
