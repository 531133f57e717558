/**
 * backup-verify.test: `cutter backup verify` as a process that is ended by signals: what is left of a dump in the
 * clear, of a scratch database and of gpg's agent, and what the next one does about it.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endAgent, makeKey, script, type TestKey } from "../../../scripts/database/backup.ts";
import { createDatabase, psqlOn, type TestDatabase } from "../../../scripts/database/database.ts";
import { fileWith, temporaryFolder } from "../../../scripts/database/files.ts";
import { cutter, startCutter } from "../../../scripts/faults/program.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";

let database: TestDatabase;
let key: TestKey;
const state = join(temporaryFolder(), "state");
const folder = join(state, "backups");
let made: { readonly file: string; readonly manifest_sha256: string };

beforeAll(async () => {
  database = await createDatabase(await anyServer(), { template: "reference" });
  key = makeKey();
  mkdirSync(state, { mode: 0o700 });
  const created = await cutter(["backup", "create", "--config", configured(), "--json"], { stateDirectory: state });
  made = JSON.parse(created.stdout);
});
afterAll(() => {
  if (key !== undefined) endAgent(key.home);
  database?.drop();
});

function configured(tools = ""): string {
  const connection = `[connections.backup]\nurl = "${database.url("workflow_admin")}"\n`;
  const path = fileWith(
    "cutter.toml",
    `${connection}[backup]\nkey = "${key.fingerprint}"\nkey_file = "${key.keyFile}"\n${tools}`,
  );
  chmodSync(path, 0o600);
  return path;
}

const RESTORING = (): readonly string[] => [
  "--restore",
  "--url",
  database.socketUrl(),
  "--sha256",
  made.manifest_sha256,
];

function words(config: string, more: readonly string[] = []): readonly string[] {
  return ["backup", "verify", made.file, "--config", config, "--gnupg-home", key.home, ...more];
}

/** Says that it was reached, and then does nothing for long. */
function sleeper(when: string): { readonly config: string; readonly reached: () => Promise<void> } {
  const marker = join(temporaryFolder(), "reached");
  const program = script(`case "$*" in *${when}*) echo > ${marker}; sleep 60;; *) exec pg_restore "$@";; esac`);
  const reached = async (): Promise<void> => {
    while (!existsSync(marker)) await Bun.sleep(20);
  };
  return { config: configured(`pg_restore = ["${program}"]\n`), reached };
}

const NAMES = `SELECT coalesce(string_agg(datname, ' ' ORDER BY datname), '') FROM pg_database
  WHERE datname LIKE 'cutter\\_scratch\\_%'`;
const scratches = (): string => psqlOn(database.server, "postgres", NAMES);

/** Whether an agent runs for the directory of the key; asking starts none. */
function agentRuns(): boolean {
  const asked = Bun.spawnSync(["gpg-connect-agent", "--no-autostart", "getinfo pid", "/bye"], {
    env: { PATH: process.env.PATH ?? "", GNUPGHOME: key.home },
  });
  return /^D \d+$/m.test(asked.stdout.toString());
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "%s in a restore drops the scratch database, says so, and leaves no agent and no dump",
  async (signal, code) => {
    const { config, reached } = sleeper("--dbname");
    const verifying = startCutter(words(config, RESTORING()), { stateDirectory: state });
    await reached();
    const name = scratches();
    expect([name, agentRuns(), readdirSync(folder).length]).toEqual([
      expect.stringMatching(/^cutter_scratch_/),
      true,
      2,
    ]);
    verifying.kill(signal);
    const left = await verifying.ended;
    expect({ code: left.code, stdout: left.stdout }).toEqual({ code, stdout: "" });
    expect(left.stderr).toContain(`The scratch database ${name} was dropped; no other database was changed.`);
    expect(left.stderr).not.toContain("a proof never commits");
    expect([scratches(), agentRuns(), readdirSync(folder).length]).toEqual(["", false, 2]);
  },
);

test("a signal while the server cannot be reached names the scratch database and what drops it", async () => {
  const { config, reached } = sleeper("--dbname");
  const verifying = startCutter(words(config, RESTORING()), { stateDirectory: state });
  await reached();
  const name = scratches();
  const socket = join(database.server.socketDirectory, `.s.PGSQL.${database.server.port}`);
  renameSync(socket, `${socket}.away`);
  verifying.kill("SIGTERM");
  const left = await verifying.ended;
  renameSync(`${socket}.away`, socket);
  expect(left.code).toBe(143);
  expect(left.stderr).toContain(`The scratch database ${name} may be left: DROP DATABASE ${name} WITH (FORCE)`);
  psqlOn(database.server, "postgres", `DROP DATABASE ${name} WITH (FORCE)`);
});

test("what SIGKILL leaves of a restore the next one drops; another's database of such a name stays", async () => {
  const { config, reached } = sleeper("--dbname");
  const verifying = startCutter(words(config, RESTORING()), { stateDirectory: state });
  await reached();
  const name = scratches();
  verifying.kill("SIGKILL");
  await verifying.ended;
  const anothers = "cutter_scratch_00000000deadbeef";
  psqlOn(database.server, "postgres", `CREATE DATABASE ${anothers}`);
  const next = await cutter(words(configured(), RESTORING()), { stateDirectory: state });
  expect({ code: next.code, end: next.stdout.trim().split("\n").at(-1) }).toEqual({
    code: 0,
    end: "CUTTER_BACKUP INTACT",
  });
  expect(next.stderr).toContain(`dropped the scratch database ${name}, which a process left that has ended`);
  expect(next.stderr).toContain(
    `the scratch database ${anothers} is left, of whom is not known: DROP DATABASE ${anothers}`,
  );
  expect(scratches()).toBe(anothers);
  psqlOn(database.server, "postgres", `DROP DATABASE ${anothers}`);
});

test("a restore that is under way is not dropped by another one", async () => {
  const { config, reached } = sleeper("--dbname");
  const verifying = startCutter(words(config, RESTORING()), { stateDirectory: state });
  await reached();
  const name = scratches();
  const next = await cutter(words(configured(), RESTORING()), { stateDirectory: state });
  expect([next.code, scratches(), next.stderr.includes(name)]).toEqual([0, name, false]);
  verifying.kill("SIGTERM");
  await verifying.ended;
  expect(scratches()).toBe("");
});

test("SIGKILL while the dump is in the clear leaves it under no name", async () => {
  const { config, reached } = sleeper("--file=-");
  const verifying = startCutter(words(config), { stateDirectory: state });
  await reached();
  const before = readdirSync(folder).sort();
  verifying.kill("SIGKILL");
  await verifying.ended;
  endAgent(key.home);
  expect([before, readdirSync(folder).sort()]).toEqual([before, before]);
  expect(before.filter((name) => !/\.dump\.gpg(\.json)?$/.test(name))).toEqual([]);
});

test("an agent that ran before goes on, one that was started for it does not", async () => {
  expect((await cutter(words(configured()), { stateDirectory: state })).code).toBe(0);
  expect(agentRuns()).toBe(false);
  const env = { PATH: process.env.PATH ?? "", GNUPGHOME: key.home };
  Bun.spawnSync(["gpg-connect-agent", "/bye"], { env });
  expect((await cutter(words(configured()), { stateDirectory: state })).code).toBe(0);
  expect(agentRuns()).toBe(true);
  endAgent(key.home);
});

test("what a killed backup left is removed by the next, what nobody can tell of is named and stays", async () => {
  const marker = join(temporaryFolder(), "reached");
  const slow = script(`case "$*" in *--snapshot*) echo > ${marker}; sleep 60;; *) exec pg_dump "$@";; esac`);
  const creating = startCutter(["backup", "create", "--config", configured(`pg_dump = ["${slow}"]\n`)], {
    stateDirectory: state,
  });
  while (!existsSync(marker)) await Bun.sleep(20);
  const [partial = ""] = readdirSync(folder).filter((name) => name.endsWith(".partial"));
  // While its process runs it is nobody's to remove.
  const beside = await cutter(words(configured()), { stateDirectory: state });
  expect([beside.code, beside.stderr.includes(partial), existsSync(join(folder, partial))]).toEqual([0, false, true]);
  creating.kill("SIGKILL");
  await creating.ended;
  const old = join(folder, ".decrypted-a1B2c3");
  mkdirSync(old, { mode: 0o700 });
  writeFileSync(join(old, "plain"), "PGDMP");
  const next = await cutter(words(configured()), { stateDirectory: state });
  expect(next.stderr).toContain(`removed ${join(folder, partial)}, which a killed process left`);
  expect(next.stderr).toContain(`${old} is left: of a backup that was being verified; what is in it is in the clear`);
  expect(next.stderr).toContain(`rm -r '${old}'`);
  expect([existsSync(join(folder, partial)), readFileSync(join(old, "plain"), "utf8")]).toEqual([false, "PGDMP"]);
});
