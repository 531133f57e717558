/** Tests of the verification on real servers: G-14 to G-22 pass after a sound run; each turns red where it has to. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { counted } from "../../kernel/child-process.ts";
import { Failure } from "../../kernel/failure.ts";
import { openSession } from "../../kernel/session/open.ts";
import { GateLedger } from "../gate-ledger.ts";
import { descendantsOf, isRunning, signalProcess } from "../leftovers/process-identity.ts";
import { countTables } from "../measure/database.ts";
import { searchServer } from "../measure/server-files.ts";
import { loginsIn, parseLog } from "../measure/server-log.ts";
import { SUPERUSER } from "../providers/provider.ts";
import { runScenarios } from "../run-scenarios.ts";
import { buildSandbox, sampleSandbox } from "../sample.ts";
import { known } from "../sandbox.ts";
import { SCENARIOS } from "../scenarios/list.ts";
import { withAdministrator } from "../sessions.ts";
import { Stage } from "../stage/stage.ts";
import { DATABASE } from "../words.ts";
import { directoriesOf } from "./before.ts";
import { changes, playScenarios, verifyAll } from "./verify.ts";

const PATIENCE_MS = 120_000;
const LOGIN = { role: SUPERUSER, database: DATABASE };
const PROVEN = ["G-14", "G-15", "G-16", "G-17", "G-18", "G-19", "G-20", "G-21", "G-22"];

const sandbox = sampleSandbox({ stateDirectory: join(temporaryFolder(), "state") });
const stage = new Stage(sandbox);
let before: ReadonlyMap<string, number>;
let predicted: Readonly<Record<string, number>>;

beforeAll(async () => {
  expect(await buildSandbox(sandbox)).toBe(null);
  const watch = await known(sandbox.source, "source").watch();
  if (watch instanceof Failure) throw new Error(watch.message);
  sandbox.watch = watch;
  await sql("CREATE SCHEMA theirs");
  before = await count();
  predicted = await runScenarios(
    stage,
    SCENARIOS.filter(({ id }) => id === "S2"),
  );
  // What C-08 and C-10 note of themselves.
  for (const command of ["C-01", "C-02", "C-03", "C-04", "C-05", "C-06", "C-07", "C-08", "C-09", "C-11"]) {
    sandbox.journal.at(command);
    sandbox.journal.note("look", "the test");
  }
}, PATIENCE_MS);
afterAll(async () => {
  expect((await sandbox.takeDown()).left).toEqual([]);
}, PATIENCE_MS);

async function count(): Promise<ReadonlyMap<string, number>> {
  const counts = await withAdministrator(sandbox, LOGIN, countTables);
  if (counts instanceof Failure) throw new Error(counts.message);
  return counts;
}

/** Those of the nine that are not PASS, judged anew. */
async function red(): Promise<readonly string[]> {
  Object.assign(sandbox, { gates: new GateLedger() });
  sandbox.rows = changes(before, await count(), predicted);
  expect(await verifyAll(sandbox)).toBe(null);
  return PROVEN.filter((id) => sandbox.gates.of(id)?.verdict !== "PASS");
}

async function sql(...statements: readonly string[]): Promise<void> {
  const failed = await stage.prepare(statements);
  if (failed !== null) throw new Error(failed.message);
}

test(
  "after a sound run all nine pass, and whatever a desk opened bears the name by which production would know it",
  async () => {
    expect([await red(), sandbox.gates.of("G-11")?.verdict]).toEqual([[], "PASS"]);
    expect(sandbox.gates.of("G-17")?.facts.runs_predicted).toBe(1);
    const logins = loginsIn(parseLog(readFileSync(known(sandbox.server, "server").logFile ?? "", "utf8")));
    const others = logins.filter(({ role }) => role !== SUPERUSER);
    const unnamed = others.filter(({ application }) => !application.startsWith(`${sandbox.name} `));
    expect([unnamed, new Set(others.map(({ role }) => role)).size]).toEqual([[], 5]);
  },
  PATIENCE_MS,
);

test(
  "G-17: a run that a desk has is asked of production's ledger, though the sandbox's does not know it",
  async () => {
    const rows = await stage.ask("SELECT run_id FROM cutter_governance.run WHERE created_by = 'reference' LIMIT 1");
    const runId = rows instanceof Failure ? "" : (rows[0]?.run_id ?? "");
    mkdirSync(sandbox.path("states", "desk-x", "runs", runId), { recursive: true, mode: 0o700 });
    await red();
    rmSync(sandbox.path("states", "desk-x"), { recursive: true });
    expect(sandbox.gates.of("G-17")?.mismatches.map(({ what }) => what)).toContain(
      "a run of the sandbox in production's ledger",
    );
  },
  PATIENCE_MS,
);

test(
  "G-11, G-12: this host is looked at again after the scenarios",
  async () => {
    const sound = known(sandbox.host, "host");
    const installed = sound.installed.map((one, index) => (index === 0 ? { ...one, files: ["gone 1 1 1"] } : one));
    sandbox.host = { ...sound, installed, boot: "another" };
    await red();
    sandbox.host = sound;
    expect(["G-11", "G-12"].map((id) => sandbox.gates.of(id)?.verdict)).toEqual(["FAIL", "FAIL"]);
  },
  PATIENCE_MS,
);

test.each([
  [["G-14"], "CREATE TABLE cutter_governance.extra (i int)", "DROP TABLE cutter_governance.extra"],
  [
    ["G-15"],
    "INSERT INTO public.system_vocab VALUES ('vocab.unit_kind.extra', 'x')",
    "DELETE FROM public.system_vocab WHERE label = 'x'",
  ],
  [["G-15"], "SELECT 1 AS left_by_a_trigger INTO theirs.audit", "DROP TABLE theirs.audit"],
  [
    ["G-16"],
    "GRANT SELECT ON cutter_governance.run TO context_pack_readonly",
    "REVOKE SELECT ON cutter_governance.run FROM context_pack_readonly",
  ],
  [
    ["G-22"],
    `UPDATE cutter_governance.run_phase SET created_at = created_at + '1 h'
      WHERE phase = 'cut_leg_a' AND created_by <> 'reference'`,
    `UPDATE cutter_governance.run_phase SET created_at = created_at - '1 h'::interval
      WHERE phase = 'cut_leg_a' AND created_by <> 'reference'`,
  ],
] as const)(
  "%p turn red alone: %s",
  async (ids, sabotage, mend) => {
    await sql(sabotage);
    expect(await red()).toEqual([...ids]);
    await sql(mend);
    expect(await red()).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "G-18: a copy of the passwords is found in each directory of the sandbox, its servers' data too",
  async () => {
    const { file } = known(sandbox.passwords, "passwords");
    const homes = directoriesOf(sandbox);
    const data = homes.map((path) => join(path, "data", "base")).filter((path) => existsSync(path));
    expect([homes.length, data.length]).toEqual([4, 2]);
    const places = [sandbox.path("passwords"), sandbox.path("states"), ...homes, ...data];
    for (const place of places) copyFileSync(file, join(place, "leak"));
    const copied = await red();
    const found = sandbox.gates.of("G-18")?.mismatches.map(({ seen }) => seen) ?? [];
    for (const place of places) rmSync(join(place, "leak"));
    expect(copied).toEqual(["G-18"]);
    for (const place of places) expect(found).toContain(`password of cutter_exec in ${join(place, "leak")}`);
    expect(await red()).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "G-17: a connection of a staged configuration that leads to production, as the file says it on disk",
  async () => {
    const { configuration } = known(sandbox.staged, "stage");
    const [own, production] = [sandbox.server, sandbox.servers[0]].map((server) => server?.url(LOGIN));
    const [ours, theirs] = [own, production].map((url) => /host=[^&]*/.exec(url ?? "")?.[0] ?? "");
    const sound = readFileSync(configuration, "utf8");
    writeFileSync(configuration, sound.replace(ours ?? "", theirs ?? ""));
    expect(await red()).toEqual(["G-17"]);
    expect(sandbox.gates.of("G-17")?.mismatches.map(({ what }) => what)).toEqual(["a connection leads to"]);
    writeFileSync(configuration, sound.replace(/url = .*/, "service = 'icx'"));
    expect(await red()).toEqual(["G-17"]);
    writeFileSync(configuration, sound);
    expect(await red()).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "G-18: where the data is in a container the server itself is asked, and a copy of the passwords is found so, too",
  async () => {
    const { file } = known(sandbox.passwords, "passwords");
    const [data = ""] = directoriesOf(sandbox).filter(
      (path) => path.endsWith(sandbox.name) && path !== sandbox.workDirectory,
    );
    const search = async () => {
      const found = await withAdministrator(sandbox, LOGIN, (session) => searchServer(session, sandbox.secrets));
      if (found instanceof Failure) throw new Error(found.message);
      return found;
    };
    const clean = await search();
    expect([clean.found, clean.files > 900, clean.bytes > 10_000_000]).toEqual([[], true, true]);
    const leak = join(data, "data", "base", "leak");
    copyFileSync(file, leak);
    chmodSync(leak, 0o644);
    const { found } = await search();
    rmSync(leak);
    expect(found).toContain("password of cutter_exec in base/leak of the server");
  },
  PATIENCE_MS,
);

test(
  "G-20: a transaction that somebody left open is seen",
  async () => {
    const session = await stage.session("cutter_verify");
    if (session instanceof Failure) throw new Error(session.message);
    await session.query("BEGIN");
    expect(await red()).toEqual(["G-20"]);
    await session.close();
    expect(await red()).toEqual([]);
  },
  PATIENCE_MS,
);

test(
  "G-20: a transaction that was prepared and forgotten is seen",
  async () => {
    await sql("BEGIN", "CREATE TABLE public.forgotten (i int)", "PREPARE TRANSACTION 'forgotten'");
    const forgotten = await red();
    await sql("ROLLBACK PREPARED 'forgotten'");
    expect([forgotten, await red()]).toEqual([["G-20"], []]);
  },
  PATIENCE_MS,
);

test(
  "G-21: a third session of a role, where its limit was lifted, is in the server's log for ever",
  async () => {
    await sql("ALTER ROLE cutter_verify CONNECTION LIMIT 9");
    const held = await Promise.all([1, 2, 3].map(() => stage.session("cutter_verify")));
    await Promise.all(held.map((one) => (one instanceof Failure ? null : one.close())));
    await sql("ALTER ROLE cutter_verify CONNECTION LIMIT 2");
    expect(await red()).toEqual(["G-21"]);
  },
  PATIENCE_MS,
);

test(
  "G-19: an entry that is cut out of the log's file is missed, whatever the program remembers",
  async () => {
    const file = sandbox.path("journal.jsonl");
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, lines.filter((line) => !line.includes("initdb")).join("\n"));
    expect(await red()).toEqual(["G-19", "G-21"]);
    const programs = sandbox.gates.of("G-19")?.mismatches.map(({ what }) => what.split(" ").at(-1));
    expect(programs).toContain("setpriv");
  },
  PATIENCE_MS,
);

test(
  "G-19: a process that was started past the log is missed, by its number",
  async () => {
    sandbox.forgetProcesses();
    const child = counted(Bun.spawn(["true"]), ["true"]);
    await child.exited;
    expect(await red()).toEqual(["G-19", "G-21"]);
    const missed = sandbox.gates.of("G-19")?.mismatches.map(({ what }) => what);
    expect(missed).toContain(`process ${child.pid} true`);
  },
  PATIENCE_MS,
);

test(
  "G-17: a session in production that nobody recorded, and a row that it wrote",
  async () => {
    const production = sandbox.servers[0]?.target({ role: SUPERUSER, database: "reference" });
    if (production === undefined) throw new Error("there is no production");
    const session = await openSession(production, { label: "somebody" });
    if (session instanceof Failure) throw new Error(session.message);
    await session.query("INSERT INTO public.system_vocab VALUES ('vocab.unit_kind.extra', 'x')");
    await session.close();
    expect(await red()).toEqual(["G-17", "G-19", "G-21"]);
    const seen = sandbox.gates.of("G-17")?.mismatches.map(({ what }) => what);
    expect(seen).toContain("session in production");
    expect(seen).toContain("contents of production");
  },
  PATIENCE_MS,
);

test(
  "a server that was killed is told as such, by its process, and not as a connection that failed",
  async () => {
    const [owned] = known(sandbox.server, "server").owned();
    if (owned?.kind !== "process") throw new Error("the server has no process");
    signalProcess(descendantsOf(owned.pid)[0] ?? owned, "SIGKILL");
    while (isRunning(owned)) await Bun.sleep(5);
    const failed = await playScenarios(sandbox);
    expect([failed?.code, failed?.exitCode]).toEqual(["SANDBOX_SERVER_FAILED", 5]);
    expect(failed?.message).toContain(`the throwaway server ${sandbox.name} has ended (process ${owned.pid})`);
  },
  PATIENCE_MS,
);
