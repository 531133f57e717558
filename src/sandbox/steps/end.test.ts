/**
 * Tests of the teardown of a sandbox that is kept: of production it is judged all the same whether it is what it was,
 * and what did not come as far as its verification is not kept.
 */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { Failure } from "../../kernel/failure.ts";
import { PRODUCTION } from "../gates/sample-parts.ts";
import { sampleSandbox } from "../sample.ts";
import { Sandbox } from "../sandbox.ts";
import type { Source } from "../sources/source.ts";
import { makeWorkDirectory } from "./before.ts";
import { tearDown } from "./end.ts";

/** What G-25 says, and whether the sandbox is there still, where production answers so at the end. */
async function kept(reached: Sandbox["reached"], again: Awaited<ReturnType<Source["state"]>>) {
  const { order } = sampleSandbox({ stateDirectory: join(temporaryFolder(), "state") });
  const sandbox = new Sandbox({ ...order, afterwards: "keep" });
  expect(await makeWorkDirectory(sandbox)).toBe(null);
  sandbox.source = { before: PRODUCTION, state: async () => again } as unknown as Source;
  sandbox.reached = reached;
  await tearDown(sandbox);
  const there = existsSync(sandbox.workDirectory);
  const gate = sandbox.gates.results().at(-1);
  expect((await sandbox.takeDown()).left).toEqual([]);
  return {
    verdict: gate?.verdict,
    there,
    what: [...(gate?.mismatches ?? []), ...(gate?.failure ? [gate.failure] : [])],
  };
}

test("a sandbox that is kept says of production that it is what it was, and of itself nothing", async () => {
  expect(await kept("verification", PRODUCTION)).toEqual({ verdict: "NOT RUN", there: true, what: [] });
});

test("production that is another one, or that does not answer, is told of a sandbox that is kept, too", async () => {
  const other = await kept("verification", { ...PRODUCTION, systemIdentifier: "8" });
  expect([other.verdict, other.there]).toEqual(["FAIL", true]);
  expect(JSON.stringify(other.what)).toContain("system identifier of production");
  const silent = await kept("verification", new Failure("SESSION_LOST", "nobody answers"));
  expect([silent.verdict, JSON.stringify(silent.what).includes("nobody answers")]).toEqual(["FAIL", true]);
});

test("what did not come as far as C-11 is not kept", async () => {
  expect(await kept("building", PRODUCTION)).toEqual({ verdict: "PASS", there: false, what: [] });
});
