/**
 * backup.test: `cutter backup` as a process: what it says, what it refuses before connecting, and what a signal leaves.
 *
 * Each run's output and state directory are searched for passwords by scripts/faults/program.ts.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endAgent, makeKey, script, type TestKey } from "../../../scripts/database/backup.ts";
import { createDatabase, psqlOn, type TestDatabase } from "../../../scripts/database/database.ts";
import { fileWith, temporaryFolder } from "../../../scripts/database/files.ts";
import { cutter, startCutter } from "../../../scripts/faults/program.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

let database: TestDatabase;
let key: TestKey;
let state: string;

beforeAll(async () => {
  database = await createDatabase(await anyServer(), { template: "reference" });
  key = makeKey();
  state = join(temporaryFolder(), "state");
  mkdirSync(state, { mode: 0o700 });
});
afterAll(() => {
  if (key !== undefined) endAgent(key.home);
  database?.drop();
});

function configured(
  extra = "",
  connection = `[connections.backup]\nurl = "${database.url("workflow_admin")}"\n`,
): string {
  const path = fileWith("cutter.toml", `${connection}[backup]\nkey = "${key.fingerprint}"\n${extra}`);
  chmodSync(path, 0o600);
  return path;
}

const keyFile = (): string => `key_file = "${key.keyFile}"\n`;
const backups = (): string[] => readdirSync(join(state, "backups")).sort();

test("a backup is made on [connections.backup], verified, restored, and found again in JSON", async () => {
  const setting = { stateDirectory: state };
  const made = await cutter(["backup", "create", "--config", configured(keyFile()), "--json"], setting);
  expect({ code: made.code, stderr: made.stderr.split("\n")[0] }).toEqual({
    code: 0,
    stderr: expect.stringContaining(`database "${database.name}" as "workflow_admin"`),
  });
  const told = JSON.parse(made.stdout);
  expect(told).toMatchObject({
    ...{ schema: "cutter.backup-create/v1", verdict: "CUTTER_BACKUP MADE", key_fingerprint: key.fingerprint },
    relations: { "public.information_unit": 158 },
  });
  const { file } = told as { file: string };
  expect([existsSync(file), existsSync(`${file}.json`), backups().length]).toEqual([true, true, 2]);
  const alone = await cutter(["backup", "verify", file], setting);
  expect([alone.code, alone.stdout.includes("remark: it was not decrypted")]).toEqual([0, true]);
  const url = database.socketUrl();
  const vouching = ["--sha256", told.manifest_sha256];
  const words = ["backup", "verify", file, "--gnupg-home", key.home, "--restore", "--url", url, ...vouching];
  const whole = await cutter(words, setting);
  expect({
    code: whole.code,
    lines: whole.stdout.split("\n").filter((line) => line.startsWith("checked")).length,
  }).toEqual({ code: 0, lines: 5 });
  expect(whole.stdout).toEndWith("CUTTER_BACKUP INTACT\n");
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(1));
  const damaged = await cutter(words, setting);
  expect([damaged.code, damaged.stdout]).toEqual([3, ""]);
  expect(damaged.stderr).toContain("BACKUP_DAMAGED");
  expect(damaged.stderr).toContain("data: Nothing of the archive was executed");
});

test("what is missing is said before any connection; libpq's environment names none", async () => {
  const environment = { PGHOST: "127.0.0.1", PGPORT: "1", PGDATABASE: "x", PGUSER: "x" };
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["create", "--config", configured(keyFile(), "")], "USAGE: no connection is named for the role backup"],
    [["create", "--config", fileWithMode("")], "CONFIG_INVALID: the configuration has no [backup]"],
    [["create", "--config", configured("")], "should have one of key_file and gnupg_home"],
    [["create", "--config", configured(keyFile()), "--run", "x"], "USAGE: x is not the name of a run"],
    [["create", "--config", configured(keyFile()), "--run", "ictr-20260521T042359Z-ad3d0b97"], "RUN_UNKNOWN"],
    [["verify", "/nowhere", "--restore"], "USAGE: --restore needs a server"],
    [["verify", "/nowhere"], "FILE_UNREADABLE"],
  ];
  for (const [argv, reason] of cases) {
    const ended = await cutter(["backup", ...argv], { environment });
    expect({ argv, code: ended.code, stdout: ended.stdout }).toEqual({ argv, code: 2, stdout: "" });
    expect(ended.stderr).toContain(reason);
  }
});

function fileWithMode(text: string): string {
  const path = fileWith("cutter.toml", text);
  chmodSync(path, 0o600);
  return path;
}

test("a backup for a run is refused on another database than the run's", async () => {
  const setting = { stateDirectory: state };
  const source = fileWith("law.txt", "Article 1. Of one\n\nBody.\n\nArticle 2. Of two\n\nBody.\n");
  const another = await createDatabase(await anyServer(), { template: "reference" });
  const survey = ["--survey", "--url", another.url("context_pack_readonly")];
  const cut = await cutter(["cut", "TEST-LAW", "--source", source, "--profile", "law-en", ...survey], setting);
  another.drop();
  const [id = ""] = /ictr-\d{8}T\d{6}Z-[0-9a-f]{8}/.exec(cut.stdout + cut.stderr) ?? [];
  const before = existsSync(join(state, "backups")) ? backups() : [];
  const made = await cutter(["backup", "create", "--config", configured(keyFile()), "--run", id], setting);
  expect([made.code, made.stderr.includes("STOP_TARGET_CHANGED")]).toEqual([4, true]);
  expect(made.stderr).toContain(`"database":"${another.name}"`);
  expect(backups()).toEqual(before);
});

/** Says that it was reached, and then does nothing for long. */
function sleeper(real: string, when: string): { readonly program: string; readonly marker: string } {
  const marker = join(temporaryFolder(), "reached");
  const program = script(`case "$*" in *${when}*) echo $$ > ${marker}; sleep 60;; *) exec ${real} "$@";; esac`);
  return { program, marker };
}

async function reached(marker: string): Promise<void> {
  while (!existsSync(marker) || readFileSync(marker, "utf8") === "") await Bun.sleep(20);
}

/** Resolves when the process that wrote the marker has ended; it was killed, which takes a moment. */
async function ended(marker: string): Promise<void> {
  const status = `/proc/${readFileSync(marker, "utf8").trim()}/status`;
  const runs = (): boolean => {
    try {
      return !/^State:\s*[ZX]/m.test(readFileSync(status, "utf8"));
    } catch {
      return false;
    }
  };
  for (const started = performance.now(); runs(); ) {
    if (performance.now() - started > PROMPTLY_MS) throw new Error("the program that cutter started goes on");
    await Bun.sleep(20);
  }
}

/** Far below the minute for which the programs would sleep. */
const PROMPTLY_MS = 2_000;

/** Directories of GnuPG that cutter made for one backup. */
function homes(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith("cutter-gnupg-"));
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s while a backup is made leaves no file, no process and no backend", async (signal, code) => {
  const stateDirectory = join(temporaryFolder(), "state");
  const { program, marker } = sleeper("pg_dump", "--snapshot");
  const config = configured(`${keyFile()}pg_dump = ["${program}"]\n`);
  const folder = temporaryFolder();
  const environment = { TMPDIR: folder };
  const making = startCutter(["backup", "create", "--config", config], { stateDirectory, environment });
  await reached(marker);
  expect([readdirSync(join(stateDirectory, "backups")).length, homes(folder).length]).toEqual([1, 1]);
  making.kill(signal);
  const left = await making.ended;
  expect({ code: left.code, stdout: left.stdout }).toEqual({ code, stdout: "" });
  expect(homes(folder)).toEqual([]);
  expect(readdirSync(join(stateDirectory, "backups"))).toEqual([]);
  await ended(marker);
  const others = `SELECT count(*) FROM pg_stat_activity
    WHERE datname = '${database.name}' AND backend_type = 'client backend'`;
  expect(psqlOn(database.server, "postgres", others)).toBe("0");
});
