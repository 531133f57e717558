/**
 * Tests of a sandbox's steps on real servers: what is broken on the way is told and removed, and a backup that is not
 * as its manifest says is not used.
 */
import { afterEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backupTarget, makeKey, settingsFor } from "../../scripts/database/backup.ts";
import { createDatabase } from "../../scripts/database/database.ts";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { anyServer } from "../../scripts/faults/stock.ts";
import { makeBackup } from "../execution/backup/make.ts";
import { Failure } from "../kernel/failure.ts";
import type { Provider, StartOrder } from "./providers/provider.ts";
import { runSandbox } from "./run.ts";
import { buildSandbox, sampleSandbox } from "./sample.ts";
import { Sandbox, type SandboxOrder } from "./sandbox.ts";

const PATIENCE_MS = 120_000;
const QUIET = { command: "cutter sandbox run", begins: () => {} };

const newState = (): string => join(temporaryFolder(), "state");

let sandbox: Sandbox | null = null;
afterEach(async () => {
  if (sandbox !== null) expect((await sandbox.takeDown()).left).toEqual([]);
  sandbox = null;
});

test(
  "G-07: a server that listens on a network stops it before anything is restored, and all of it is removed",
  async () => {
    sandbox = sampleSandbox({
      stateDirectory: newState(),
      provider: (sound) => ({
        ...sound,
        async start(order) {
          const server = await sound.start(order);
          if (server instanceof Failure) return server;
          const isolation = async () => {
            const found = await server.isolation();
            return found instanceof Failure ? found : { ...found, tcpListeners: ["0.0.0.0:5432"] };
          };
          return { ...server, isolation };
        },
      }),
    });
    const { report, failure } = await runSandbox(sandbox, QUIET);
    expect([failure?.code, failure?.facts.gate]).toEqual(["SANDBOX_NOT_PROVEN", "G-07"]);
    expect(report.verdictLine).toMatch(/^CUTTER_SANDBOX 0\/12 SCENARIOS \d+\/25 GATES NOT_PROVEN$/);
    const passed = ["G-01", "G-02", "G-03", "G-04", "G-05", "G-06", "G-10", "G-23", "G-25"];
    expect(report.gates.filter(({ id, verdict }) => passed.includes(id) && verdict !== "PASS")).toEqual([]);
    expect(report.commands.map(({ outcome }) => outcome).join(" ")).toBe(
      "done done done failed not run not run not run not run not run not run not run done done",
    );
    expect(report.left).toEqual([]);
    expect(existsSync(sandbox.workDirectory)).toBe(false);
    expect(readdirSync(report.folder)).toContain("SHA256SUMS");
  },
  PATIENCE_MS,
);

test(
  "G-25: what cannot be removed is named, stays on record, and is no net zero",
  async () => {
    const own = sampleSandbox({
      stateDirectory: newState(),
      provider: (sound) => ({ ...sound, start: (order) => unmarked(sound, order) }),
    });
    sandbox = null;
    const unmarked = async (sound: Provider, order: StartOrder) => {
      if (order.cluster === "fresh") return sound.start(order);
      rmSync(join(own.temporary ?? "", ".cutter-sandbox"));
      return new Failure("SANDBOX_SERVER_FAILED", "it did not start");
    };
    const { report, failure } = await runSandbox(own, QUIET);
    expect([failure?.code, report.verdictLine.split(" ").at(-1)]).toEqual(["SANDBOX_SERVER_FAILED", "LEFTOVERS"]);
    expect(report.gates.find(({ id }) => id === "G-25")?.verdict).toBe("FAIL");
    expect(report.left).toEqual([expect.stringContaining(`directory ${own.temporary}: it has no marker`)]);
    expect(existsSync(own.record?.file ?? "")).toBe(true);
    rmSync(own.temporary ?? "", { recursive: true });
  },
  PATIENCE_MS,
);

/** What is left of the sandbox after a run that broke off in C-03, with what its report says. */
async function breakOff(start: Provider["start"], changes: Partial<SandboxOrder> = {}) {
  const { order } = sampleSandbox({ stateDirectory: newState(), provider: (sound) => ({ ...sound, start }) });
  const own = new Sandbox({ ...order, ...changes });
  const { report, failure } = await runSandbox(own, QUIET);
  const there = [own.workDirectory, own.temporary ?? "", own.record?.file ?? ""].filter(existsSync);
  const evidence = existsSync(report.folder) ? readdirSync(report.folder) : [];
  return { report, failure, there, evidence };
}

test("a start that throws is told as such, and all that was made before is removed all the same", async () => {
  const { report, failure, there, evidence } = await breakOff(() => Promise.reject(new Error("no such thing")));
  const told = expect.stringMatching(/^the start of cutter-sandbox-\S+-p broke off: Error: no such thing$/);
  expect([failure?.code, failure?.message]).toEqual(["SANDBOX_NOT_PROVEN", told]);
  expect([report.verdictLine.split(" ").at(-1), report.left, there]).toEqual(["NOT_PROVEN", [], []]);
  expect(evidence).toContain("SHA256SUMS");
});

test("a scenario that failed is told before the gate behind it", async () => {
  const taken = () => Promise.reject(new Error("nobody knows"));
  const own = sampleSandbox({ stateDirectory: newState(), provider: (sound) => ({ ...sound, taken }) });
  const judged = { id: "S2", claim: "c", verdict: "FAIL", summary: "ENOSPC", durationMs: 0, facts: {} } as const;
  own.results.push({
    ...{ judged: { ...judged, mismatches: [], failure: null }, log: "", trace: "", startedMs: 0, endedMs: 0 },
  });
  const { failure } = await runSandbox(own, QUIET);
  const also = { code: "SANDBOX_NOT_PROVEN", message: expect.stringContaining("G-02") };
  expect([failure?.message, failure?.facts]).toEqual(["S2 is FAIL (c): ENOSPC", { what: "S2", also }]);
});

test("with --keep, what broke off before C-11 is not kept, and the report says so", async () => {
  const broken = async () => new Failure("SANDBOX_SERVER_FAILED", "it did not start");
  const { report, there } = await breakOff(broken, { afterwards: "keep" });
  expect({ there, left: report.left, kept: report.kept }).toEqual({ there: [], left: [], kept: [] });
  expect(report.remarks).toEqual([expect.stringContaining("in spite of --keep")]);
  expect(report.removed.length).toBe(2);
});

test("a teardown that breaks off is done all the same", async () => {
  const broken = async () => new Failure("SANDBOX_SERVER_FAILED", "it did not start");
  const mute = { afterwards: "keep", tell: () => Promise.reject(new Error("nobody listens")) } as const;
  const { report, there } = await breakOff(broken, mute);
  expect(report.commands.at(-1)?.outcome).toBe("failed");
  expect([there, report.removed.length]).toEqual([[], 2]);
});

test("what is thrown by a measurement is its gate's failure, and leaves a report", async () => {
  const own = sampleSandbox({ stateDirectory: newState(), provider: (sound) => ({ ...sound, taken: () => never() }) });
  const never = () => Promise.reject(new Error("nobody knows"));
  const { report, failure } = await runSandbox(own, QUIET);
  expect(report.gates.find(({ id }) => id === "G-02")?.failure?.message).toBe("G-02 broke off: Error: nobody knows");
  expect([failure?.facts.gate, failure?.code]).toEqual(["G-02", "SANDBOX_NOT_PROVEN"]);
});

test("G-01: too little room is refused before anything is made", async () => {
  const { order } = sampleSandbox({ stateDirectory: newState() });
  const short = await runSandbox(new Sandbox({ ...order, minFreeBytes: Number.MAX_SAFE_INTEGER }), QUIET);
  expect([short.failure?.code, short.failure?.exitCode]).toEqual(["SANDBOX_DISK_SHORT", 4]);
  expect(existsSync(order.stateDirectory)).toBe(false);
});

test("G-02: a name that is taken is refused, and what has it stays as it was", async () => {
  const own = sampleSandbox({ stateDirectory: newState() });
  mkdirSync(own.workDirectory, { recursive: true, mode: 0o700 });
  const { failure } = await runSandbox(own, QUIET);
  expect([failure?.code, failure?.exitCode]).toEqual(["SANDBOX_NAME_TAKEN", 4]);
  expect(readdirSync(own.order.stateDirectory)).toEqual(["sandbox"]);
  expect(readdirSync(own.workDirectory)).toEqual([]);
});

test.each(["-t", "-p"])("G-02: so is one of which only what is derived from it is taken: NAME%s", async (suffix) => {
  const own = sampleSandbox({ stateDirectory: newState() });
  const standing = join(tmpdir(), `${own.name}${suffix}`);
  mkdirSync(standing);
  const { failure } = await runSandbox(own, QUIET);
  rmSync(standing, { recursive: true });
  expect([failure?.code, failure?.message.includes(standing)]).toEqual(["SANDBOX_NAME_TAKEN", true]);
  expect(existsSync(own.order.stateDirectory)).toBe(false);
});

type Backup = { readonly source: SandboxOrder["source"]; readonly file: string; readonly identifier: string };

/** Of a reference database on the suite's server, which is gone by then. */
async function backUp(): Promise<Backup> {
  const database = await createDatabase(await anyServer(), { template: "reference" });
  const [key, identifier] = [makeKey(), database.psql("SELECT system_identifier FROM pg_control_system()")];
  const settings = settingsFor(key);
  const made = await makeBackup({ target: backupTarget(database), settings, runId: null, expected: null });
  database.drop();
  if (made instanceof Failure) throw new Error(made.message);
  const file = join(settings.directory, made.fileName);
  const programs = { gpg: settings.gpg, pgRestore: settings.pgRestore };
  return { source: { kind: "backup", path: file, gnupgHome: key.home, ...programs }, file, identifier };
}

test(
  "a backup is verified, decrypted and restored: rows and digests are those of its manifest, and nobody is asked",
  async () => {
    const { source, identifier } = await backUp();
    sandbox = sampleSandbox({ stateDirectory: newState(), source });
    expect(await buildSandbox(sandbox)).toBe(null);
    expect(sandbox.source?.remarks).toEqual([
      expect.stringContaining("nothing outside of its folder vouches for it"),
      expect.stringContaining("nothing of production's roles"),
    ]);
    expect(sandbox.gates.of("G-09")?.summary).toContain("the source does not say what production's roles may do");
    const verdicts = ["G-05", "G-06", "G-08", "G-09", "G-10"].map((id) => sandbox?.gates.of(id)?.verdict);
    expect(verdicts).toEqual(["PASS", "PASS", "PASS", "PASS", "PASS"]);
    expect(sandbox.gates.of("G-10")?.facts.production).toBe(identifier);
    expect(sandbox.servers.length).toBe(1);
    const watch = await sandbox.source?.watch();
    const seen = watch === undefined || watch instanceof Failure ? null : await watch.seen(["r"]);
    expect(seen).toEqual({ sessions: [], runs: [], how: "production was not asked: a backup was restored" });
  },
  PATIENCE_MS,
);

test(
  "a backup of which one bit was flipped is refused before any server is started",
  async () => {
    const { source, file } = await backUp();
    const bytes = readFileSync(file);
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    sandbox = sampleSandbox({ stateDirectory: newState(), source });
    expect((await buildSandbox(sandbox))?.code).toBe("BACKUP_DAMAGED");
    expect(sandbox.servers).toEqual([]);
  },
  PATIENCE_MS,
);
