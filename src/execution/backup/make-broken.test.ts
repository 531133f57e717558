/** Tests of programs that break off, lie, hang or are not there while a backup is made: there is none, and why. */
import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { backupTarget, makeKey, script, settingsFor, type TestKey } from "../../../scripts/database/backup.ts";
import { createDatabase, type TestDatabase } from "../../../scripts/database/database.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { TEST_PASSWORD } from "../../../scripts/database/server.ts";
import { failed, succeed } from "../../../scripts/database/target.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";
import { makeBackup } from "./make.ts";
import type { BackupSettings } from "./settings.ts";

let database: TestDatabase;
let key: TestKey;

beforeAll(async () => {
  database = await createDatabase(await anyServer(), { template: "reference" });
  key = makeKey();
  // More than all pipes hold together, so that a program that stops reading makes the others wait.
  database.psql(`INSERT INTO cutter_governance.review_decision (run_id, decision, reason)
    SELECT 'another', 'hold', (SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 2000) WHERE n > 0)
    FROM generate_series(1, 60) AS n`);
});
afterAll(() => database?.drop());

const STALL_MS = 4_000;

function make(settings: BackupSettings, stallMs?: number) {
  const order = { target: backupTarget(database), settings, runId: null, expected: null };
  return makeBackup(stallMs === undefined ? order : { ...order, stallMs });
}

/** What asks for a version, a list or an import goes to the real program. */
function instead(real: "pg_dump" | "pg_restore" | "gpg", text: string): string[] {
  return [script(`case "$*" in *--version*|*--list-keys*|*--import*) exec ${real} "$@";; esac\n${text}`)];
}

type Programs = Partial<Pick<BackupSettings, "pgDump" | "pgRestore" | "gpg">>;

const BROKEN: readonly (readonly [string, () => Programs, string])[] = [
  [
    "pg_dump is killed half way",
    () => ({ pgDump: instead("pg_dump", 'pg_dump "$@" | head -c 400000; kill -KILL $$') }),
    "was killed (SIGKILL)",
  ],
  ["pg_dump says 1 after all of its output", () => ({ pgDump: instead("pg_dump", 'pg_dump "$@"; exit 1') }), "with 1"],
  [
    "pg_dump breaks off and says 0",
    () => ({ pgDump: instead("pg_dump", 'pg_dump "$@" | head -c 400000; exit 0') }),
    "pg_restore ended with 1",
  ],
  [
    "pg_dump leaves out a table and says 0",
    () => {
      const text = 'for w; do shift; [ "$w" = --table=public.unit_version ] || set -- "$@" "$w"; done; pg_dump "$@"';
      return { pgDump: instead("pg_dump", text) };
    },
    "public.unit_version has no rows in the archive, and 165 were counted",
  ],
  [
    "pg_dump dumps the tables without their rows",
    () => ({ pgDump: instead("pg_dump", 'exec pg_dump --schema-only "$@"') }),
    "has no rows in the archive",
  ],
  ["pg_dump is not there", () => ({ pgDump: ["/nowhere/pg_dump"] }), "/nowhere/pg_dump cannot be started: ENOENT"],
  ["pg_dump is no program", () => ({ pgDump: ["/etc/hostname"] }), "/etc/hostname cannot be started: E"],
  ["pg_dump is another program", () => ({ pgDump: ["echo"] }), "echo does not say that it is pg_dump"],
  [
    "pg_dump is older than the server",
    () => ({ pgDump: [script('echo "pg_dump (PostgreSQL) 9.6.24"')] }),
    "pg_dump is of version 9 and the server of version",
  ],
  [
    "pg_dump stands still",
    () => ({ pgDump: instead("pg_dump", "sleep 60") }),
    `nothing moved for ${STALL_MS} ms, so the dump was given up`,
  ],
  [
    "gpg is killed half way",
    () => ({ gpg: instead("gpg", "head -c 100000 > /dev/null; kill -KILL $$") }),
    "was killed (SIGKILL)",
  ],
  ["gpg ends half way with 0", () => ({ gpg: instead("gpg", "head -c 100000 > /dev/null") }), "stopped reading before"],
  ["gpg stands still", () => ({ gpg: instead("gpg", "sleep 60") }), `nothing moved for ${STALL_MS} ms`],
  ["gpg is not there", () => ({ gpg: ["/nowhere/gpg"] }), "/nowhere/gpg cannot be started: ENOENT"],
  ["gpg says 2 at its end", () => ({ gpg: instead("gpg", 'gpg "$@"; exit 2') }), "ended with 2"],
  [
    "gpg says 0 and not that it is done",
    () => ({ gpg: instead("gpg", "cat; exit 0") }),
    "gpg ended with 0 and did not say that it was done encrypting",
  ],
  [
    "gpg says 0 and that it left out the key",
    () => ({ gpg: instead("gpg", 'echo "[GNUPG:] INV_RECP 1 X" >&3; exec gpg "$@"') }),
    "gpg ended with 0 and said INV_RECP",
  ],
  [
    "gpg says 0 and that it failed",
    () => ({ gpg: instead("gpg", 'gpg "$@" && echo "[GNUPG:] FAILURE encrypt 1" >&3') }),
    "gpg ended with 0 and said FAILURE",
  ],
  ["pg_restore fails", () => ({ pgRestore: [script("cat > /dev/null; echo broken >&2; exit 1")] }), "with 1: broken"],
  ["pg_restore says 0 and reads nothing", () => ({ pgRestore: ["true"] }), "stopped reading before"],
  [
    "pg_restore says 0 and did not come to the end",
    () => ({ pgRestore: [script('pg_restore "$@" | head -c 10000; cat > /dev/null')] }),
    "the archive breaks off before its end",
  ],
  ["pg_restore is no program", () => ({ pgRestore: ["/etc/hostname"] }), "/etc/hostname cannot be started: E"],
  ["pg_restore is not there", () => ({ pgRestore: ["/nowhere/pg_restore"] }), "cannot be started: ENOENT"],
];

let before: string;
const CONTENTS = "SELECT count(*), sum(hashtext(u::text)) FROM information_unit u";
beforeEach(() => {
  before = database.psql(CONTENTS);
});

test.each(BROKEN)("%s: no file is left, no process, and the failure says why", async (_what, programs, reason) => {
  const settings = settingsFor(key, programs());
  const failure = failed(await make(settings, STALL_MS));
  expect(failure).toMatchObject({ code: "STOP_BACKUP_REFUSED", exitCode: 4 });
  expect(failure.message).toContain(reason);
  expect(failure.data).toBe("Nothing was written to the database, and no file of this backup is left.");
  expect(readdirSync(settings.directory)).toEqual([]);
  expect(processesWith(key.fingerprint)).toEqual([]);
  expect(database.psql(CONTENTS)).toBe(before);
});

test("a full disk: no file is left, and the failure says so", async () => {
  const directory = temporaryFolder();
  // A file system of its own can be made by root alone, which the suite is.
  expect(Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "none", directory]).exitCode).toBe(0);
  try {
    const failure = failed(await make(settingsFor(key, { directory })));
    expect(`${failure.code} ${failure.message}`).toStartWith("STOP_BACKUP_REFUSED cannot write the backup: ENOSPC");
    expect(readdirSync(directory)).toEqual([]);
  } finally {
    Bun.spawnSync(["umount", directory]);
  }
});

test("what is written while the dump is made is in neither the counts nor the dump", async () => {
  const sql = "INSERT INTO cutter_governance.review_decision (run_id, decision, reason) VALUES ('late', 'hold', 'x')";
  const pgDump = instead("pg_dump", `psql -X -q -c "${sql}" || exit 9\nexec pg_dump "$@"`);
  const rows = Number(database.psql("SELECT count(*) FROM cutter_governance.review_decision"));
  const artifact = succeed(await make(settingsFor(key, { pgDump })));
  expect(artifact.snapshotCounts["cutter_governance.review_decision"]).toBe(rows);
  expect(Number(database.psql("SELECT count(*) FROM cutter_governance.review_decision"))).toBe(rows + 1);
});

test("the password is in no argument, not in gpg's or pg_restore's environment, and in no file", async () => {
  const marker = join(temporaryFolder(), "reached");
  const pgDump = instead("pg_dump", `echo > ${marker}; sleep 2; exec pg_dump "$@"`);
  const settings = settingsFor(key, { pgDump });
  const making = make(settings);
  while (!(await Bun.file(marker).exists())) await Bun.sleep(20);
  // A process that was just started is still a copy of ours.
  await Bun.sleep(500);
  const own = processesWith("").filter((pid) => descendsFrom(pid, process.pid));
  const words = own.map((pid) => processFile(pid, "cmdline"));
  expect(words.filter((text) => text.includes(TEST_PASSWORD))).toEqual([]);
  for (const [name, holds] of [
    ["--encrypt", "no"],
    ["--file=-", "no"],
    ["--snapshot=", "yes"],
  ] as const) {
    const [pid] = own.filter((one) => processFile(one, "cmdline").includes(name));
    const environment = processFile(pid ?? "", "environ");
    // The child that connects has it, so that this test can fail.
    expect([name, environment.includes(TEST_PASSWORD) ? "yes" : "no"]).toEqual([name, holds]);
    expect([name, /(^|\0)(BUN_|NODE_OPTIONS|DATABASE_URL)/.test(environment)]).toEqual([name, false]);
    expect([name, pid, environment]).not.toEqual([name, pid, ""]);
  }
  const { fileName } = succeed(await making);
  for (const name of [fileName, `${fileName}.json`]) {
    expect(readFileSync(join(settings.directory, name), "latin1")).not.toContain(TEST_PASSWORD);
  }
});

function processesWith(text: string): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.filter((pid) => isRunning(pid) && processFile(pid, "cmdline").includes(text));
}

/** Not a process that has ended and only waits to be asked about. */
function isRunning(pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== "";
  } catch {
    return false;
  }
}

function descendsFrom(pid: string, ancestor: number): boolean {
  const [, parent = "0"] = /^PPid:\s*(\d+)/m.exec(processFile(pid, "status")) ?? [];
  return Number(parent) === ancestor || (Number(parent) > 1 && descendsFrom(parent, ancestor));
}

function processFile(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
