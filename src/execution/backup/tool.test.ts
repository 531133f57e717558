/** Tests of the programs that a backup runs: what they say of themselves is complete when they have ended. */
import { expect, test } from "bun:test";
import { stopwatch } from "../../kernel/clock.ts";
import { limits } from "../../kernel/limits.ts";
import { readOutput, startTool } from "./tool.ts";

const ENVIRONMENT = { PATH: "/usr/bin:/bin" };

async function statusOf(script: string): Promise<string> {
  const tool = startTool({ command: ["sh", "-c", script], environment: ENVIRONMENT });
  tool.end();
  await readOutput(tool, () => {});
  expect(await tool.ended).toBeNull();
  return tool.status();
}

test("the last word on the status stream is there, however soon the program ends after it", async () => {
  for (let round = 0; round < 40; round += 1) {
    const said = await Promise.all(Array.from({ length: 4 }, () => statusOf("echo FIRST >&3; echo LAST >&3")));
    expect(said).toEqual(Array(4).fill("FIRST\nLAST\n"));
  }
});

test("a process that it leaves behind with the stream open is not waited for without end", async () => {
  const elapsed = stopwatch();
  expect(await statusOf("echo LAST >&3; sleep 20 >/dev/null 2>&1 &")).toBe("LAST\n");
  expect(elapsed()).toBeLessThan(limits.toolStatusWaitMs * 3);
});
