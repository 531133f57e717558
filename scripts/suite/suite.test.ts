/** suite.test: the suite's own sums cannot hide a failure. */
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FAILED, PASSED, runStages, type Stage, type Tally } from "./stage.ts";
import { bunTest } from "./tests.ts";

test("a stage that throws, or runs nothing, is a failure, and the next one still runs", async () => {
  const said: string[] = [];
  const stages = [
    { name: "sample: throws", run: () => Promise.reject(new Error("broken on purpose")) },
    { name: "sample: runs nothing", run: async () => ({ passed: 0, failed: 0 }) },
    { name: "sample: fails", run: async () => FAILED },
    { name: "sample: passes", run: async () => PASSED },
  ];
  const tally = await runStages(stages, (line) => said.push(line));
  expect(said.join("\n")).toContain("broken on purpose");
  expect(tally).toEqual({ passed: 1, failed: 3 });
});

async function tallyOf(source: string): Promise<{ passed: number; failed: number }> {
  const folder = mkdtempSync(join(tmpdir(), "cutter-sample-"));
  const file = join(folder, "sample.test.ts");
  writeFileSync(file, `import { expect, test } from "bun:test";\n${source}`);
  const tally = await bunTest([file], { output: "dropped" }).finally(() => rmSync(folder, { recursive: true }));
  return tally;
}

test("failed and skipped tests, and errors outside a test, count as failed", async () => {
  const pass = `test("a", () => {});`;
  expect(await tallyOf(pass)).toEqual({ passed: 1, failed: 0 });
  expect(await tallyOf(`${pass} test("b", () => expect(1).toBe(2));`)).toEqual({ passed: 1, failed: 1 });
  expect(await tallyOf(`${pass} test.${"skip"}("b", () => {});`)).toEqual({ passed: 1, failed: 1 });
  expect((await tallyOf(`${pass} throw new Error("outside");`)).failed).toBeGreaterThan(0);
  expect(await tallyOf("syntax error")).toMatchObject({ passed: 0 });
});

test("stages in lanes run beside each other, each lane in its order, and all are counted", async () => {
  const order: string[] = [];
  const stage = (name: string, ms: number, tally: Tally): Stage => ({
    name,
    run: async () => {
      order.push(`${name} begins`);
      await Bun.sleep(ms);
      order.push(`${name} ends`);
      return tally;
    },
  });
  const lanes = [[stage("a", 30, PASSED)], [stage("b", 5, PASSED), stage("c", 5, FAILED)]];
  const total = await runStages([{ lanes }, stage("d", 0, PASSED)], () => {});
  expect(total).toEqual({ passed: 3, failed: 1 });
  expect(order).toEqual(["a begins", "b begins", "b ends", "c begins", "c ends", "a ends", "d begins", "d ends"]);
});
