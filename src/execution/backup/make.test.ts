/** Tests of making a backup: a good one, and each way in which there must be none, with real gpg and pg_dump. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { backupTarget, gpgIn, makeKey, script, settingsFor, type TestKey } from "../../../scripts/database/backup.ts";
import { createDatabase, type TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { failed, succeed } from "../../../scripts/database/target.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";
import { sha256 } from "../../kernel/digest.ts";
import { whyUnusable } from "./encryption-key.ts";
import { makeBackup } from "./make.ts";
import type { BackupManifest } from "./manifest.ts";
import type { BackupSettings } from "./settings.ts";

let database: TestDatabase;
let key: TestKey;

beforeAll(async () => {
  database = await createDatabase(await anyServer(), { template: "reference" });
  key = makeKey();
});
afterAll(() => database?.drop());

function make(settings: BackupSettings) {
  return makeBackup({ target: backupTarget(database), settings, runId: null, expected: null });
}

/** No file of any name, and the reason. */
async function refusal(settings: BackupSettings): Promise<string> {
  const { code, message } = failed(await make(settings));
  expect(readdirSync(settings.directory)).toEqual([]);
  return `${code} ${message}`;
}

test("a backup holds what was counted, for the key alone, and is described by its manifest", async () => {
  const settings = settingsFor(key);
  const artifact = succeed(await make(settings));
  const path = join(settings.directory, artifact.fileName);
  expect(readdirSync(settings.directory).sort()).toEqual([artifact.fileName, `${artifact.fileName}.json`]);
  expect([path, `${path}.json`].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
  expect(sha256(readFileSync(path))).toBe(artifact.cipherSha256);
  const counts = Object.entries(artifact.snapshotCounts);
  expect(counts.length).toBe(16);
  for (const [relation, rows] of counts) expect(`${rows}`).toBe(database.psql(`SELECT count(*) FROM ${relation}`));
  expect(artifact.snapshotCounts).toMatchObject({ "public.information_unit": 158, "public.unit_version": 165 });
  expect(artifact.readBack).toContain("16 relations");
  const manifest = JSON.parse(readFileSync(`${path}.json`, "utf8")) as BackupManifest;
  expect(manifest).toMatchObject({
    ...{ file_name: artifact.fileName, run_id: null, key_fingerprint: key.fingerprint, encoding: "UTF8" },
    plain: { sha256: artifact.plainSha256 },
    cipher: { sha256: artifact.cipherSha256, bytes: statSync(path).size },
    target: { database: database.name },
  });
  const plain = join(key.home, "plain");
  gpgIn(key.home, ["--output", plain, "--decrypt", path]);
  expect(sha256(readFileSync(plain))).toBe(artifact.plainSha256);
});

test("the key may lie in GnuPG's own directory, if that is private", async () => {
  const changes = { keyFile: null, gnupgHome: key.home };
  succeed(await make(settingsFor(key, changes)));
  const open = settingsFor(key, { ...changes, gnupgHome: "/tmp" });
  expect(await refusal(open)).toStartWith("STOP_BACKUP_REFUSED gnupg_home cannot be used");
});

test("a key that cannot be used now, or not when the backup is needed, is refused with the reason", async () => {
  const cases: readonly (readonly [TestKey, Partial<BackupSettings>, string])[] = [
    [makeKey({ madeAt: "20200101T000000!", expires: "1y" }), {}, "it has expired"],
    [makeKey({ revoked: "yes" }), {}, "it was revoked"],
    [makeKey({ encrypts: "no" }), {}, "nothing can be encrypted for it now"],
    [makeKey({ expires: "10d" }), {}, "it expires before the backup does, which is kept for 30 days"],
    [key, { key: key.fingerprint.slice(-16) }, `the fingerprint of the key that was found is ${key.fingerprint}`],
    [key, { key: key.fingerprint.slice(-8) }, `the fingerprint of the key that was found is ${key.fingerprint}`],
    [key, { key: "test@example.org" }, `the fingerprint of the key that was found is ${key.fingerprint}`],
    [key, { key: makeKey().fingerprint }, "is not to be found"],
    [key, { keyFile: "/nowhere/key.gpg" }, "key_file cannot be used"],
    [key, { keyFile: "/etc/hostname" }, "no key could be read from /etc/hostname"],
  ];
  for (const [used, changes, reason] of cases) {
    const got = await refusal(settingsFor(used, changes));
    expect({ reason, got: got.includes(reason) ? reason : got }).toEqual({ reason, got: reason });
    expect(got).toStartWith("STOP_BACKUP_REFUSED ");
  }
});

test("a key that outlives the retention by its primary part alone, or by its encrypting part alone, is refused", () => {
  const name = "A".repeat(40);
  const listing = (primary: string, encrypting: string) =>
    `pub:u:255:22:X:1:${primary}::u:::scESC:\nfpr:::::::::${name}:\nsub:u:255:18:Y:1:${encrypting}:::::e:\n`;
  const wanted = { key: name, retentionDays: 1 };
  const late = "100000";
  expect(whyUnusable(listing("", ""), wanted, 0)).toBeNull();
  expect(whyUnusable(listing(late, late), wanted, 0)).toBeNull();
  for (const early of ["86400", "0", "soon"]) {
    expect(whyUnusable(listing(early, late), wanted, 0)).toContain("it expires before");
    expect(whyUnusable(listing(late, early), wanted, 0)).toContain("gpg encrypts for expires before");
  }
  // Two parts can encrypt: the one that was made last is the one that gpg takes.
  const two = (older: string, newer: string) =>
    `${listing("", older).replace(":18:Y:1:", ":18:Y:-9:")}sub:u:255:18:Z:-5:${newer}:::::e:\n`;
  expect(whyUnusable(two("86400", ""), wanted, 0)).toBeNull();
  expect(whyUnusable(two("", "86400"), wanted, 0)).toContain("the part of it that gpg encrypts for expires before");
  const twice = listing("", "") + listing("", "");
  expect(whyUnusable(twice, wanted, 0)).toContain("there are 2 keys of that name");
  expect(whyUnusable("", wanted, 0)).toContain("there are 0 keys of that name");
  for (const [state, reason] of Object.entries({ d: "disabled", i: "invalid", n: "not valid" })) {
    expect(whyUnusable(listing("", "").replace("pub:u", `pub:${state}`), wanted, 0)).toContain(reason);
    expect(whyUnusable(listing("", "").replace("sub:u", `sub:${state}`), wanted, 0)).toContain("none of its parts");
  }
});

test("of two subkeys the newer one is judged, which is the one that gpg encrypts for", async () => {
  const withNewer = (expires: string, newer: string): TestKey => {
    const made = makeKey({ madeAt: "20240101T000000", expires });
    gpgIn(made.home, ["--quick-set-expire", made.fingerprint, "0"]);
    gpgIn(made.home, ["--quick-add-key", made.fingerprint, "cv25519", "encr", newer]);
    gpgIn(made.home, ["--yes", "--output", made.keyFile, "--export", made.fingerprint]);
    return made;
  };
  const ending = withNewer("never", "1d");
  expect(await refusal(settingsFor(ending))).toContain(
    "the part of it that gpg encrypts for expires before the backup",
  );
  const lasting = withNewer("20y", "never");
  const settings = settingsFor(lasting);
  const { fileName } = succeed(await make(settings));
  const packets = gpgIn(lasting.home, ["--list-packets", "--list-only", join(settings.directory, fileName)]);
  const listed = gpgIn(lasting.home, ["--with-colons", "--list-keys"]);
  const [, newest] = [...listed.matchAll(/^sub:u:\d+:\d+:([0-9A-F]{16}):/gm)].at(-1) ?? [];
  expect(packets).toContain(`keyid ${newest}`);
});

test("pg_dump is asked for its version without the password", async () => {
  const seen = join(temporaryFolder(), "environment");
  const pgDump = [script(`case "$*" in *--version*) env > ${seen};; *) env > ${seen}.dump;; esac; exec pg_dump "$@"`)];
  succeed(await make(settingsFor(key, { pgDump })));
  const holds = (path: string): boolean => readFileSync(path, "utf8").includes(TEST_PASSWORD);
  // The one that connects has it, so that this test can fail.
  expect([holds(seen), holds(`${seen}.dump`)]).toEqual([false, true]);
});

test("a backup of another database than the approved one is refused before anything is read", async () => {
  const settings = settingsFor(key);
  const expected = { systemIdentifier: "1", timeline: 1, database: database.name };
  const order = { target: backupTarget(database), settings, runId: null, expected };
  expect([failed(await makeBackup(order)).code, readdirSync(settings.directory)]).toEqual(["STOP_TARGET_CHANGED", []]);
});
