/**
 * Tests of a whole sandbox in containers, on a real engine of the test's own; it says SKIPPED where none can be had.
 *
 * The whole run of S2 and the kill of S8 need all that differs there: client programs in the container, the socket.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type DockerEngine, startDockerEngine } from "../../scripts/database/docker-engine.ts";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { dockerProvider } from "./providers/docker/docker.ts";
import { runScenarios } from "./run-scenarios.ts";
import { buildSandbox, sampleSandbox } from "./sample.ts";
import { known } from "./sandbox.ts";
import { SCENARIOS } from "./scenarios/list.ts";
import { Stage } from "./stage/stage.ts";
import { verifyAll } from "./steps/verify.ts";

const PATIENCE_MS = 240_000;

let started: DockerEngine | { readonly skipped: string };
beforeAll(async () => {
  started = await startDockerEngine();
}, PATIENCE_MS);
afterAll(async () => {
  if (!("skipped" in started)) await started.stop();
}, PATIENCE_MS);

test(
  "a sandbox in containers is built, isolated, used by whole runs, and leaves no container behind",
  async () => {
    if ("skipped" in started) return void process.stderr.write(`SKIPPED: ${started.skipped}\n`);
    const { environment, image } = started;
    const provider = () => dockerProvider({ command: ["docker"], image, environment });
    const sandbox = sampleSandbox({ stateDirectory: join(temporaryFolder(), "state"), provider });
    expect(await buildSandbox(sandbox)).toBe(null);
    await runScenarios(
      new Stage(sandbox),
      SCENARIOS.filter(({ id }) => id === "S2" || id === "S8"),
    );
    expect(sandbox.results.map(({ judged }) => [judged.id, judged.verdict, judged.mismatches])).toEqual([
      ["S2", "PASS", []],
      ["S8", "PASS", []],
    ]);
    expect(sandbox.gates.of("G-07")?.verdict).toBe("PASS");
    expect(await verifyAll(sandbox)).toBe(null);
    const { verdict, summary, mismatches } = known(sandbox.gates.of("G-18") ?? null, "verdict of G-18");
    expect({ verdict, mismatches }).toEqual({ verdict: "PASS", mismatches: [] });
    expect(summary.match(/\d+ files of a server in a container/g)?.length).toBe(2);
    expect(sandbox.gates.of("G-17")?.mismatches).toEqual([]);
    expect((await sandbox.takeDown()).left).toEqual([]);
    expect(started.docker("ps", "--all", "--quiet")).toBe("");
  },
  PATIENCE_MS,
);
