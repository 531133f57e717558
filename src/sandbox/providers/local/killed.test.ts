/** Tests of kill -9 of the process that started a server: the kernel ends the server, and a sweep removes the rest. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import { stopwatch } from "../../../kernel/clock.ts";
import { isRunning } from "../../leftovers/process-identity.ts";
import type { ProcessResource } from "../../leftovers/resource.ts";
import { sweepLeftovers } from "../../leftovers/sweep.ts";
import { ok, otherProcess, sampleFolder } from "../sample-sandbox.ts";

// A cluster is made with initdb, on a machine that may be busy.
setDefaultTimeout(60_000);

const isRoot = process.geteuid?.() === 0;

const CODE = `
  const server = ok(await localProvider({ stateDirectory, binaries: null }).start(sandbox.order()));
  say({ owned: server.owned(), isolation: ok(await server.isolation()), user: process.geteuid() });
  await Bun.sleep(60_000);
`;

type Said = { readonly owned: [ProcessResource, { readonly path: string }]; readonly isolation: object };

describe("kill -9 of the process that started it", () => {
  async function killed(below: readonly string[], folder: string): Promise<Said & { readonly goneMs: number }> {
    const other = otherProcess(CODE, folder, below);
    const said = (await other.heard()) as Said | undefined;
    if (said === undefined) throw new Error("the other process said nothing");
    expect(isRunning(said.owned[0])).toBe(true);
    const elapsed = stopwatch();
    await other.kill();
    while (isRunning(said.owned[0]) && elapsed() < 5_000) await Bun.sleep(5);
    return { ...said, goneMs: elapsed() };
  }

  test("takes it along within a second, and a sweep removes the rest", async () => {
    const folder = sampleFolder();
    const { owned, goneMs } = await killed([], folder);
    expect(goneMs).toBeLessThan(1_000);
    expect(fs.existsSync(owned[1].path)).toBe(true);
    const [swept] = ok(await sweepLeftovers(folder, process.env));
    expect({ is: swept?.is, left: swept?.left, there: fs.existsSync(owned[1].path) }).toEqual({
      is: "removed",
      left: [],
      there: false,
    });
    expect(ok(await sweepLeftovers(folder, process.env))).toEqual([]);
    fs.rmSync(folder, { recursive: true, force: true });
  });

  test("does so for an ordinary user, too", async () => {
    if (!isRoot) return;
    const folder = sampleFolder();
    const nobody = 65_534;
    fs.chownSync(folder, nobody, nobody);
    const drop = ["setpriv", "--reuid", `${nobody}`, "--regid", `${nobody}`, "--clear-groups"];
    const { goneMs, owned, isolation } = await killed(drop, folder);
    expect(goneMs).toBeLessThan(1_000);
    expect(isolation).toMatchObject({ listenAddresses: "", tcpListeners: [] });
    expect(fs.statSync(owned[1].path).uid).toBe(nobody);
    fs.rmSync(folder, { recursive: true, force: true });
  });
});

/** Whoever may have one has memory of its own, in which nobody else leaves anything. */
const OWN_MEMORY = isRoot ? ["unshare", "--ipc"] : [];

describe("the end of this process while a server starts", () => {
  // initdb, then the wait for the server, then the first session are under way at these moments.
  for (const delayMs of [5, 150, 400, 800]) {
    test(`breaks the start off after ${delayMs} ms, and nothing of it is left`, async () => {
      const folder = sampleFolder();
      const code = `
        const starting = localProvider({ stateDirectory, binaries: null }).start(sandbox.order({ cluster: "fresh" }));
        await Bun.sleep(${delayMs});
        const begun = performance.now();
        await closeAllSessions();
        const server = await starting;
        const ms = performance.now() - begun;
        if ("stop" in server) await server.stop();
        const shared = require("node:fs").readFileSync("/proc/sysvipc/shm", "utf8").trimEnd().split("\\n").slice(1);
        say({ ms, left: server.facts?.left ?? [], shared, resources: sandbox.record.resources });
      `;
      const other = otherProcess(code, folder, OWN_MEMORY);
      type Said = { ms: number; left: unknown; shared: unknown[]; resources: { kind: string; path: string }[] };
      const said = (await other.heard()) as Said;
      const shared = isRoot ? said.shared : [];
      expect({ left: said.left, shared, resources: said.resources.map(({ kind }) => kind) }).toEqual({
        left: [],
        shared: [],
        resources: ["directory"],
      });
      expect(said.ms).toBeLessThan(2_500);
      const work = said.resources[0]?.path ?? "";
      const standing = ["/tmp", work].flatMap((path) => fs.readdirSync(path));
      expect(
        standing.filter((one) => one.startsWith(`cutter-sandbox-t${other.pid}-`) && !one.endsWith(".log")),
      ).toEqual([]);
      fs.rmSync(folder, { recursive: true, force: true });
    });
  }
});
