/**
 * Tests of a sandbox that is ended while it is being made, at many moments: by a signal, whose teardown waits and bars,
 * and by SIGKILL, behind which a sweep finds all that there is.
 */
import { afterAll, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { Failure } from "../kernel/failure.ts";
import { sweepLeftovers } from "./leftovers/sweep.ts";
import { sampleFolder } from "./providers/sample-sandbox.ts";
import { sampleSandbox } from "./sample.ts";
import { makeWorkDirectory, preflight } from "./steps/before.ts";

const PATIENCE_MS = 60_000;
const SIGNAL = new Failure("TERMINATED", "terminated (SIGTERM)");

const folder = sampleFolder();
afterAll(() => rmSync(folder, { recursive: true }));

/** What bears the name, in the state directory and among temporary files. */
function leftOf(name: string, stateDirectory: string): readonly string[] {
  const folders = [tmpdir(), join(stateDirectory, "sandbox")].filter((one) => existsSync(one));
  return folders.flatMap((one) => readdirSync(one).filter((file) => file.includes(name)));
}

/** Milliseconds after the beginning: while the record, the directories, the passwords, the keys are made. */
const MOMENTS = [0, 1, 2, 4, 8, 15, 25, 40, 60, 80, 110, 150];

test(
  "a signal at any moment of C-02 leaves nothing, also once the step has come to its end behind it",
  async () => {
    const seen = [];
    for (const afterMs of MOMENTS) {
      const sandbox = sampleSandbox({ stateDirectory: join(temporaryFolder(), "state") });
      const step = sandbox.during(() => makeWorkDirectory(sandbox));
      await Bun.sleep(afterMs);
      const { left } = await sandbox.interrupt(SIGNAL);
      await step;
      seen.push({ afterMs, left, there: leftOf(sandbox.name, sandbox.order.stateDirectory) });
    }
    expect(seen).toEqual(MOMENTS.map((afterMs) => ({ afterMs, left: [], there: [] })));
  },
  PATIENCE_MS,
);

/** ssh-keygen, then gpg makes a key, lists it, adds another, exports it, and its agent is told to end. */
const PROGRAMS = [1, 2, 3, 4, 5, 6];

test(
  "a signal right behind each program of C-02, when none runs that could be ended, leaves nothing",
  async () => {
    const seen = [];
    for (const behind of PROGRAMS) {
      const sandbox = sampleSandbox({ stateDirectory: join(temporaryFolder(), "state") });
      const run = sandbox.processes.run.bind(sandbox.processes);
      let [ended, ending] = [0, Promise.resolve<unknown>(null)];
      sandbox.processes.run = async (order) => {
        const end = await run(order);
        ended += 1;
        if (ended === behind) ending = sandbox.interrupt(SIGNAL);
        return end;
      };
      await sandbox.during(() => makeWorkDirectory(sandbox));
      await ending;
      seen.push({ behind, ended, there: leftOf(sandbox.name, sandbox.order.stateDirectory) });
    }
    expect(seen).toEqual(PROGRAMS.map((behind) => ({ behind, ended: expect.any(Number), there: [] })));
    expect(seen.every(({ behind, ended }) => ended >= behind)).toBe(true);
  },
  PATIENCE_MS,
);

test("once its end has begun nothing is made, put on record or started for it", async () => {
  const sandbox = sampleSandbox({ stateDirectory: join(temporaryFolder(), "state") });
  expect(await makeWorkDirectory(sandbox)).toBe(null);
  const ending = sandbox.interrupt(SIGNAL);
  const added = sandbox.record?.add({ kind: "directory", path: "/nowhere" });
  const made = await sandbox.during(() => preflight(sandbox));
  const started = sandbox.processes.start({ command: ["true"], environment: {} });
  expect([added?.code, made instanceof Failure && made.code, started]).toEqual(["INTERRUPTED", "TERMINATED", null]);
  expect((await ending).left).toEqual([]);
});

const CHILD = `
  const { sampleSandbox } = await import(${JSON.stringify(join(import.meta.dir, "sample.ts"))});
  const { makeWorkDirectory } = await import(${JSON.stringify(join(import.meta.dir, "steps/before.ts"))});
  const sandbox = sampleSandbox({ stateDirectory: process.argv[1] });
  process.stdout.write(sandbox.name + "\\n");
  await makeWorkDirectory(sandbox);
  process.stdout.write("made\\n");
  await Bun.sleep(60_000);
`;

async function killAt(afterMs: number) {
  const stateDirectory = join(folder, `state-${afterMs}`);
  const child = Bun.spawn([process.execPath, "-e", CHILD, stateDirectory], { stdin: "ignore", stdout: "pipe" });
  const { value } = await child.stdout.getReader().read();
  const [name = "none"] = Buffer.from(value ?? new Uint8Array())
    .toString("utf8")
    .split("\n");
  await Bun.sleep(afterMs);
  child.kill("SIGKILL");
  await child.exited;
  const swept = await sweepLeftovers(stateDirectory, process.env);
  const is = swept instanceof Failure ? swept.code : swept.map((one) => one.is);
  return { afterMs, is, there: leftOf(name, stateDirectory).filter((file) => !file.endsWith(".partial")) };
}

test(
  "killed at any moment of C-02, a sweep finds all of it",
  async () => {
    const seen = [];
    for (const afterMs of MOMENTS) seen.push(await killAt(afterMs));
    expect(seen.map(({ afterMs, there }) => ({ afterMs, there }))).toEqual(
      MOMENTS.map((afterMs) => ({ afterMs, there: [] })),
    );
    expect(seen.flatMap(({ is }) => is).filter((is) => is !== "removed")).toEqual([]);
    expect(seen.some(({ is }) => is.includes("removed"))).toBe(true);
  },
  PATIENCE_MS,
);
