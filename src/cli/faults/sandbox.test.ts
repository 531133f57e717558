/**
 * sandbox.test: `cutter sandbox` as an operator runs it: a whole one on the reference database, what refuses or stops
 * it, signals, and a process that is killed; whatever happened, nothing of it is left.
 */
import { afterEach, beforeAll, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { makeKey, script } from "../../../scripts/database/backup.ts";
import type { TestDatabase } from "../../../scripts/database/database.ts";
import { fileWith, temporaryFolder } from "../../../scripts/database/files.ts";
import { tableElsewhere } from "../../../scripts/database/tablespace.ts";
import { ALONE } from "../../../scripts/faults/alone.ts";
import { leftOf, processesWith } from "../../../scripts/faults/left-of.ts";
import { cutter, type Ended, startCutter } from "../../../scripts/faults/program.ts";
import { readText } from "../../../scripts/faults/refusal.ts";
import { makeReference } from "../../../scripts/faults/run-verbs.ts";
import { anyServer } from "../../../scripts/faults/stock.ts";
import { sandboxSchema } from "../../report/sandbox-schema.ts";

const PATIENCE_MS = 300_000;
const LOCAL = ["--provider", "local"];
const COPY = ["--from-live"];

let state: string;
let serial = 0;
let name: string;
beforeAll(() => {
  state = join(temporaryFolder(), "state");
});
afterEach(() => {
  expect(leftOf(name, state, `${name}/`)).toEqual([]);
});

function newName(): readonly string[] {
  serial += 1;
  name = `cutter-sandbox-f${process.pid}-${serial}`;
  return ["--name", name];
}

/** The program itself, behind what starts it in a table of processes of its own. */
function innermost(sandbox: string): number {
  return Math.max(...processesWith(`\0${sandbox}\0`).map(Number));
}

/** `cutter resume`, `pg_dump`: what a line of the plan or of the journal starts. */
function programOf(line: string): string {
  const words = line.trim().split(" ");
  const behind = /(?:^|\/)(?:setpriv|unshare)$/.test(words[0] ?? "")
    ? words.findIndex((word) => /(?:^|\/)(?:postgres|initdb|cp)$/.test(word))
    : -1;
  if (behind !== -1) return words[behind]?.split("/").at(-1) ?? "";
  const main = words.findIndex((word) => /(?:^|\/)(?:cutter|main\.ts)$/.test(word));
  return main === -1 ? (words[0]?.split("/").at(-1) ?? "") : `cutter ${words[main + 1]}`;
}

function run(...argv: readonly string[]): Promise<Ended> {
  return cutter(["sandbox", "run", ...LOCAL, ...newName(), ...argv], { stateDirectory: state });
}

test(
  "a whole one: twelve scenarios, twenty-five gates, nothing left, and evidence that can be verified and reported",
  async () => {
    const argv = ["sandbox", "run", ...LOCAL, ...newName(), "--json"];
    const ended = await cutter(argv, { stateDirectory: state, ...ALONE });
    const report = v.parse(sandboxSchema, JSON.parse(ended.stdout));
    const red = [...report.scenarios, ...report.gates].filter(({ verdict }) => verdict !== "PASS");
    expect({ red, code: ended.code }).toEqual({ red: [], code: 0 });
    expect(report.verdictLine).toBe("CUTTER_SANDBOX 12/12 SCENARIOS 25/25 GATES NET_ZERO");
    const files = readdirSync(report.folder);
    for (const { id } of report.scenarios) expect(files).toContain(`${id}.log`);
    for (const { id } of report.scenarios) expect(readFileSync(join(report.folder, `${id}.sql`), "utf8")).not.toBe("");
    const plan = await cutter(["sandbox", "plan", ...LOCAL, "--json"], { stateDirectory: state });
    const { commands } = JSON.parse(plan.stdout) as { readonly commands: readonly { lines: readonly string[] }[] };
    const planned = new Set(commands.flatMap(({ lines }) => lines).map(programOf));
    const journal = readFileSync(join(report.folder, "journal.jsonl"), "utf8").trimEnd().split("\n");
    const entries = journal.map((line) => JSON.parse(line) as { readonly kind: string; readonly what: string });
    const started = new Set(entries.filter(({ kind }) => kind === "process").map(({ what }) => programOf(what)));
    expect([...started].filter((program) => !planned.has(program))).toEqual([]);
    expect(started.size).toBeGreaterThan(10);
    for (const program of ["initdb", "postgres", "cp", "pg_restore", "gpg"]) expect([...started]).toContain(program);
    const verified = await cutter(["verify", report.sandboxId], { stateDirectory: state });
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining("CUTTER_VERIFY INTACT")]);
    const again = await cutter(["report", report.sandboxId], { stateDirectory: state });
    expect(again.stdout.split("\n", 1)[0]).toBe(report.verdictLine);
  },
  PATIENCE_MS,
);

test("the plan prints C-01 to C-13 with every gate, and makes nothing", async () => {
  const own = join(temporaryFolder(), "state");
  const ended = await cutter(["sandbox", "plan", ...LOCAL, ...newName()], { stateDirectory: own });
  const ids = (pattern: RegExp) => ended.stdout.match(pattern)?.map((found) => found.trim());
  expect(ended.code).toBe(0);
  // But for a word that is longer by itself.
  const long = ended.stdout.split("\n").filter((line) => line.length > 80);
  expect(long.filter((line) => / \S/.test(line.trim().replace(/ \\$/, "")))).toEqual([]);
  expect(ids(/^C-\d\d/gm)?.length).toBe(13);
  expect(ids(/^ {2}G-\d\d/gm)?.length).toBe(25);
  expect(ids(/# S\d+:/g)?.length).toBe(12);
  expect(existsSync(own)).toBe(false);
});

test.each([
  ["--from-live and --from-backup", ["--from-live", "--from-backup", "x"], [2, "USAGE"]],
  ["a database that nobody said is to be read", ["--url", "postgres://x@127.0.0.1:1/x"], [2, "USAGE"]],
  ["a backup whose key is nowhere", ["--from-backup", "/nowhere.gpg"], [3, "BACKUP_UNREADABLE"]],
  ["more room than there is", ["--min-free-gb", "100000"], [4, "SANDBOX_DISK_SHORT"]],
] as const)("%s: refused, and nothing was made", async (_what, argv, refusal) => {
  const ended = await run(...argv);
  expect([ended.code, readText(ended)?.code]).toEqual([...refusal]);
});

test("a place for temporary files that is not there is the configuration's fault, and nothing was made", async () => {
  const own = join(temporaryFolder(), "state");
  const argv = ["sandbox", "run", ...LOCAL, ...newName()];
  const ended = await cutter(argv, { stateDirectory: own, environment: { TMPDIR: "/nowhere" } });
  expect([ended.code, readText(ended)?.code, readText(ended)?.message]).toEqual([
    ...[2, "CONFIG_INVALID", expect.stringContaining("/nowhere")],
  ]);
  expect(existsSync(join(own, "sandbox"))).toBe(false);
});

test("a name that is none, and a document that is not there, are refused", async () => {
  const named = await cutter(["sandbox", "run", "--name", "production"], { stateDirectory: state });
  expect([named.code, readText(named)?.code]).toEqual([2, "USAGE"]);
  const ended = await run("--document", "/nowhere.md");
  expect([ended.code, readText(ended)?.code]).toEqual([2, "FILE_UNREADABLE"]);
});

test("code of a database is not run on a server that cannot be closed, unless one answers for it", async () => {
  const folder = temporaryFolder();
  symlinkSync(Bun.which("setpriv") ?? "", join(folder, "setpriv"));
  const open = { stateDirectory: state, environment: { PATH: folder } };
  for (const source of [
    ["--from-live", "--url", "postgres://x@127.0.0.1:1/x"],
    ["--from-backup", "/nowhere.gpg", "--gnupg-home", "/nowhere"],
  ]) {
    const words = ["sandbox", "run", ...LOCAL, ...source, ...newName()];
    const ended = await cutter(words, open);
    expect([source[0], ended.code, readText(ended)?.code]).toEqual([source[0], 4, "SANDBOX_NOT_CLOSED"]);
    const allowed = await cutter([...words, "--allow-outbound"], open);
    expect(readText(allowed)?.code).toBeOneOf(["SANDBOX_PROVIDER_UNAVAILABLE", "BACKUP_UNREADABLE"]);
  }
});

function production(): Promise<TestDatabase> {
  return anyServer().then(makeReference);
}

test(
  "one grant too many in production: the restored database shows it, and no scenario is run",
  async () => {
    const database = await production();
    database.psql("GRANT SELECT ON cutter_governance.run TO context_pack_readonly");
    const ended = await run(...COPY, "--url", database.url("workflow_admin"));
    database.drop();
    expect([ended.code, readText(ended)?.code]).toEqual([3, "SANDBOX_PRIVILEGES_DIFFER"]);
    expect(readText(ended)?.message).toContain("SELECT on cutter_governance.run to context_pack_readonly");
    expect(ended.stdout).toStartWith("CUTTER_SANDBOX 0/12 SCENARIOS");
  },
  PATIENCE_MS,
);

test(
  "a dump that breaks off is refused before any server of the sandbox is started",
  async () => {
    const database = await production();
    const key = makeKey();
    const broken = script('pg_dump "$@" | head -c 20000');
    const backup = [`key = "${key.fingerprint}"`, `key_file = "${key.keyFile}"`, `pg_dump = ["${broken}"]`];
    const config = fileWith("cutter.toml", `[backup]\n${backup.join("\n")}\n`);
    const ended = await run(...COPY, "--url", database.url("workflow_admin"), "--config", config);
    database.drop();
    expect([ended.code, readText(ended)?.code]).toEqual([5, "SANDBOX_DUMP_BROKEN"]);
    expect(ended.stdout).toContain("C-04     not run");
  },
  PATIENCE_MS,
);

test(
  "a dump that cannot be restored is told in the words of pg_restore alone; a tablespace is no reason",
  async () => {
    const database = await production();
    const tablespace = tableElsewhere(database);
    // A row that was right when it came, and is not any more: COPY refuses it.
    database.psql(`CREATE FUNCTION public.most() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 10';
      CREATE TABLE public.test_limited (i int CHECK (i < public.most()));
      INSERT INTO public.test_limited VALUES (5);
      CREATE OR REPLACE FUNCTION public.most() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
      ALTER TABLE public.test_limited OWNER TO workflow_admin`);
    const ended = await run(...COPY, "--url", database.url("workflow_admin"));
    database.drop();
    tablespace.drop();
    expect([ended.code, readText(ended)?.code]).toEqual([3, "SANDBOX_RESTORE_FAILED"]);
    expect(readText(ended)?.message).toContain("test_limited_i_check");
    expect(readText(ended)?.message).not.toContain("rows and digest");
  },
  PATIENCE_MS,
);

/** Milliseconds after its start at which it gets the signal. */
test.each([
  ["SIGINT", 130, 700],
  ["SIGTERM", 143, 3_000],
  ["SIGHUP", 129, 5_000],
] as const)(
  "%s ends it with %i, and removes everything, %i ms after its start",
  async (signal, exit, afterMs) => {
    const running = startCutter(["sandbox", "run", ...LOCAL, ...newName()], { stateDirectory: state, ...ALONE });
    await Bun.sleep(afterMs);
    process.kill(innermost(name), signal);
    const ended = await running.ended;
    expect(ended.code).toBe(exit);
    expect(ended.stderr).toContain(`nothing of ${name} is left`);
    const [, folder] = /CUTTER_SANDBOX .* INTERRUPTED; evidence: (\S+)/.exec(ended.stderr) ?? [];
    const { failure } = JSON.parse(readFileSync(join(folder ?? "", "facts.json"), "utf8"));
    expect(failure.code).toBe({ SIGINT: "INTERRUPTED", SIGTERM: "TERMINATED", SIGHUP: "HUNG_UP" }[signal]);
    expect(readdirSync(folder ?? "")).toContain("SHA256SUMS");
  },
  PATIENCE_MS,
);

test(
  "killed with SIGKILL it leaves what it wrote down, its servers die with it, and sweep removes the rest",
  async () => {
    const running = startCutter(["sandbox", "run", ...LOCAL, ...newName()], { stateDirectory: state });
    const record = join(state, "sandbox", `${name}.json`);
    const processes = () => (existsSync(record) ? readFileSync(record, "utf8").split('"process"').length - 2 : 0);
    // Of the stand-in, and of the server itself; its own stands there, too.
    for (let waited = 0; processes() < 2 && waited < PATIENCE_MS; waited += 50) await Bun.sleep(50);
    const sweep = () => cutter(["sandbox", "sweep"], { stateDirectory: state });
    expect((await sweep()).stdout).toContain(`${name}: in use`);
    running.kill("SIGKILL");
    await running.ended;
    expect(leftOf(name, state, `${name}/`).length).toBeGreaterThan(0);
    const swept = await sweep();
    expect([swept.code, swept.stdout]).toEqual([0, expect.stringContaining(`${name}: removed`)]);
  },
  PATIENCE_MS,
);

test(
  "with --keep the server stays, can be used as it says, and goes with the command",
  async () => {
    const keeping = ["sandbox", "run", ...LOCAL, ...newName(), "--keep"];
    const running = startCutter(keeping, { stateDirectory: state, ...ALONE });
    const passwords = join(state, "sandbox", name, "passwords", "pgpass");
    const kept = () => existsSync(join(state, "runs")) && readdirSync(join(state, "runs")).some((id) => isKept(id));
    const isKept = (id: string): boolean => {
      const report = join(state, "runs", id, "evidence", "facts.json");
      return existsSync(report) && readFileSync(report, "utf8").includes(`"name": "${name}"`);
    };
    for (let waited = 0; !kept() && waited < PATIENCE_MS; waited += 200) await Bun.sleep(200);
    expect(existsSync(passwords)).toBe(true);
    const [id = ""] = readdirSync(join(state, "runs")).filter(isKept);
    const { kept: lines } = JSON.parse(readFileSync(join(state, "runs", id, "evidence", "facts.json"), "utf8"));
    for (const line of (lines as readonly string[]).filter((one) => one.startsWith("cutter "))) {
      const words = line.replaceAll("'", "").split(" ").slice(1);
      const elsewhere = join(temporaryFolder(), "state");
      const used = await cutter(words, { stateDirectory: elsewhere });
      expect([line.slice(0, 14), used.code, existsSync(elsewhere)]).toEqual([line.slice(0, 14), 0, false]);
    }
    process.kill(innermost(name), "SIGINT");
    const ended = await running.ended;
    const first = "CUTTER_SANDBOX 12/12 SCENARIOS 24/25 GATES KEPT";
    expect([ended.code, ended.stdout.split("\n", 1)[0]]).toEqual([130, first]);
    expect(ended.stdout).toContain("cutter proof counts --relations public.information_unit ");
    expect(ended.stdout).toContain("cutter proof rollback --url 'postgresql://cutter_exec@/sandbox?");
  },
  PATIENCE_MS,
);
