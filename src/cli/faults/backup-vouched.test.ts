/**
 * backup-vouched.test: what `cutter backup verify` says of a backup whose manifest was edited, that nothing vouches
 * for, that cannot be restored where it is tried, or that it has no programs for.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endAgent, makeKey, script, type TestKey } from "../../../scripts/database/backup.ts";
import { psqlOn, type TestDatabase } from "../../../scripts/database/database.ts";
import { fileWith, temporaryFolder } from "../../../scripts/database/files.ts";
import { type LiveDesk, makeLiveDesk } from "../../../scripts/faults/live-desk.ts";
import { cutter } from "../../../scripts/faults/program.ts";
import { HANDBOOK, makeReference } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";

let database: TestDatabase;
let desk: LiveDesk;
let run: string;
let key: TestKey;

beforeAll(async () => {
  database = await makeReference(await anyServer());
  key = makeKey();
  desk = makeLiveDesk(database);
  run = await desk.begin("HANDBOOK", fileWith("handbook.md", HANDBOOK));
  const resumed = await desk.resume(run, await desk.approve(run, "SG1"));
  if (resumed.code !== 6) throw new Error(resumed.stderr);
});
afterAll(() => {
  if (key !== undefined) endAgent(key.home);
  database?.drop();
});

/** A copy of the run's backup in a folder of its own; `edit` digests the manifest again, as a careful forger would. */
function copyOf(edit: Readonly<Record<string, unknown>> = {}): string {
  const from = join(desk.state, "backups");
  const folder = join(temporaryFolder(), "backups");
  mkdirSync(folder, { mode: 0o700 });
  const [name = ""] = readdirSync(from).filter((one) => one.endsWith(".gpg"));
  cpSync(join(from, name), join(folder, name));
  const { manifest_sha256: _, ...rest } = JSON.parse(readFileSync(join(from, `${name}.json`), "utf8"));
  const edited = { ...rest, ...edit };
  const manifest = { ...edited, manifest_sha256: sha256(canonicalJson(edited)) };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(manifest), { mode: 0o600 });
  return join(folder, name);
}

const ELSEWHERE = { stateDirectory: join(temporaryFolder(), "no-state-here") };
const BY_STORE = (): string => `run ${run} in the run store`;

test("a backup of a run is vouched for by the run store, and by the ledger where there is no store", async () => {
  const words = ["backup", "verify", copyOf()];
  const here = await desk.run(words);
  const whole = "vouches for the archive and every word of its manifest";
  expect([here.code, here.stdout]).toEqual([0, expect.stringContaining(`checked: ${BY_STORE()} ${whole}`)]);
  expect(here.stdout).not.toContain("nothing outside of its folder");
  const there = await cutter([...words, "--ledger-url", database.url("cutter_verify")], ELSEWHERE);
  expect([there.stderr, there.code, there.stdout]).toEqual(["", 0, expect.stringContaining(`run ${run} in database`)]);
  expect(there.stdout).toContain(whole);
});

const EDITS: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ["target", { target: { systemIdentifier: "1", timeline: 1, database: "production_of_somebody" } }],
  ["manifest sha256", { snapshot_at: "1999-01-01T00:00:00.000Z" }],
  ["run", { run_id: "ictr-19990101T000000Z-00000000" }],
  ["manifest sha256", { server_version: "7.4" }],
  ["manifest sha256", { read_back: "never" }],
];

test.each(EDITS)("an edited manifest, its %s, is found by the store and by the ledger", async (what, edit) => {
  const words = ["backup", "verify", copyOf(edit)];
  for (const ended of [
    await desk.run(words),
    await cutter([...words, "--ledger-url", database.url("cutter_verify")], ELSEWHERE),
  ]) {
    expect([ended.code, ended.stdout]).toEqual([3, ""]);
    expect(ended.stderr).toContain(`BACKUP_DAMAGED: its manifest says ${what} `);
    expect(ended.stderr).toContain(`run ${run} in `);
  }
});

test("another archive under the name of the run's backup is found, whatever its manifest says", async () => {
  const file = copyOf();
  const bytes = Buffer.concat([readFileSync(file), Buffer.from("x")]);
  writeFileSync(file, bytes);
  const manifest = JSON.parse(readFileSync(`${file}.json`, "utf8"));
  const { manifest_sha256: _, ...rest } = { ...manifest, cipher: { sha256: sha256(bytes), bytes: bytes.length } };
  writeFileSync(`${file}.json`, JSON.stringify({ ...rest, manifest_sha256: sha256(canonicalJson(rest)) }));
  const ended = await desk.run(["backup", "verify", file]);
  expect([ended.code, ended.stderr]).toEqual([3, expect.stringContaining("its manifest says cipher sha256 ")]);
});

test("where nothing vouches it is said, no store is made, and nothing is restored unless asked for", async () => {
  const file = copyOf({ snapshot_at: "1999-01-01T00:00:00.000Z" });
  const alone = await cutter(["backup", "verify", file], ELSEWHERE);
  expect([alone.code, alone.stdout]).toEqual([
    0,
    expect.stringContaining("remark: nothing outside of its folder vouches for it"),
  ]);
  const restoring = ["backup", "verify", file, "--gnupg-home", key.home, "--restore", "--url", database.socketUrl()];
  const refused = await cutter(restoring, ELSEWHERE);
  expect([refused.code, refused.stdout]).toEqual([4, ""]);
  expect(refused.stderr).toContain("BACKUP_UNVOUCHED: nothing outside of its folder vouches for");
  expect(refused.stderr).not.toContain("making the scratch database");
  // The key at hand is another one's, which is looked at behind it.
  const allowed = await cutter([...restoring, "--unvouched"], ELSEWHERE);
  expect([allowed.code, allowed.stderr]).toEqual([3, expect.stringContaining("BACKUP_UNREADABLE")]);
  expect(Bun.spawnSync(["ls", ELSEWHERE.stateDirectory]).exitCode).not.toBe(0);
  const kept = await cutter(["backup", "verify", file, "--sha256", "0".repeat(64)], ELSEWHERE);
  expect([kept.code, kept.stderr]).toEqual([3, expect.stringContaining("its manifest says manifest sha256 ")]);
  const malformed = await cutter(["backup", "verify", file, "--sha256", "beef"], ELSEWHERE);
  expect([malformed.code, malformed.stderr]).toEqual([2, expect.stringContaining("--sha256 takes the 64 hex digits")]);
});

/** With the key of this file, on the same database, with a connection of its own. */
function configured(tools = ""): string {
  const backup = `[backup]\nkey = "${key.fingerprint}"\nkey_file = "${key.keyFile}"\n${tools}`;
  const path = fileWith("cutter.toml", `[connections.backup]\nurl = "${database.url("workflow_admin")}"\n${backup}`);
  chmodSync(path, 0o600);
  return path;
}

type Made = { readonly file: string; readonly manifest_sha256: string };

async function create(): Promise<Made> {
  const made = await desk.run(["backup", "create", "--config", configured(), "--json"]);
  return JSON.parse(made.stdout);
}

function verify({ file, manifest_sha256: digest }: Made, more: readonly string[], tools = "") {
  const words = ["backup", "verify", file, "--config", configured(tools), "--gnupg-home", key.home, "--sha256", digest];
  return desk.run([...words, ...more]);
}

test("a dump whose tables use types or functions that it does not carry is not called damaged", async () => {
  const columns = [
    "CREATE TYPE public.tone AS ENUM ('a', 'b'); ALTER TABLE public.unit_version ADD COLUMN tone public.tone",
    `ALTER TABLE public.unit_version DROP COLUMN tone; CREATE FUNCTION public.said() RETURNS text LANGUAGE sql
      AS $$ SELECT 'x'::text $$; ALTER TABLE public.unit_version ADD COLUMN d text DEFAULT public.said()`,
  ];
  for (const change of columns) {
    database.psql(change);
    const ended = await verify(await create(), ["--restore", "--url", database.socketUrl()]);
    expect([ended.code, ended.stdout]).toEqual([3, ""]);
    const whole =
      "BACKUP_NOT_RESTORED: the archive was read to its end and fits its manifest; it could not be restored";
    expect(ended.stderr).toContain(whole);
    expect(ended.stderr).toMatch(/data: The scratch database cutter_scratch_\w+ was made on .*, and dropped again\./);
    expect(ended.stderr).not.toContain("Do not use it");
  }
  database.psql("ALTER TABLE public.unit_version DROP COLUMN d");
  const count = "SELECT count(*) FROM pg_database WHERE datname LIKE 'cutter\\_scratch\\_%'";
  expect(psqlOn(database.server, "postgres", count)).toBe("0");
});

test("a program that is not there is no damage, and no missing key", async () => {
  const made = await create();
  const newer = script('echo "pg_restore: error: unsupported version (1.99) in file header" >&2; exit 1');
  for (const [tools, said] of [
    ['pg_restore = ["/nowhere/pg_restore"]\n', "/nowhere/pg_restore cannot be started: ENOENT"],
    ['gpg = ["/nowhere/gpg"]\n', "/nowhere/gpg cannot be started: ENOENT"],
    [`pg_restore = ["${newer}"]\n`, "unsupported version (1.99)"],
  ] as const) {
    const ended = await verify(made, [], tools);
    expect({ tools, code: ended.code, stdout: ended.stdout }).toEqual({ tools, code: 5, stdout: "" });
    expect(ended.stderr).toContain("BACKUP_TOOL_FAILED: ");
    expect(ended.stderr).toContain(said);
  }
});

test("a TMPDIR that cannot be used refuses a backup, and is no bug", async () => {
  const environment = { TMPDIR: "/nowhere/tmp" };
  const ended = await desk.run(["backup", "create", "--config", configured()], { environment });
  expect([ended.code, ended.stdout]).toEqual([4, ""]);
  expect(ended.stderr).toContain("STOP_BACKUP_REFUSED: cannot make a directory for gpg in /nowhere/tmp");
});
