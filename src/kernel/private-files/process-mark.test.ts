/** Tests of the mark of a process: it holds for one start of one process here, and for nothing else. */
import { expect, test } from "bun:test";
import { fateOf, MARK_PATTERN, ownMark } from "./process-mark.ts";

async function markOf(words: readonly string[]): Promise<{ readonly mark: string; readonly end: () => Promise<void> }> {
  const source = `import { ownMark } from ${JSON.stringify(`${import.meta.dirname}/process-mark.ts`)};
    console.log(ownMark()); await Bun.sleep(60_000);`;
  const child = Bun.spawn([...words, process.execPath, "-e", source], { stdout: "pipe" });
  const { value } = await child.stdout.getReader().read();
  const end = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
  };
  return { mark: new TextDecoder().decode(value).trim(), end };
}

test("a process runs by its mark until it has ended, and then has", async () => {
  const { mark, end } = await markOf([]);
  expect(mark).toMatch(new RegExp(`^${MARK_PATTERN}$`));
  expect([fateOf(mark), fateOf(ownMark())]).toEqual(["runs", "runs"]);
  await end();
  expect(fateOf(mark)).toBe("ended");
});

test("another process that has the number is not taken for it", () => {
  const [pid, start, place] = ownMark().split("-");
  expect(fateOf(`${pid}-${Number(start) - 1}-${place}`)).toBe("ended");
});

test("of a process of another place, and of what is no mark, nothing is known", () => {
  const [pid, start] = ownMark().split("-");
  for (const mark of [`${pid}-${start}-00000000`, `${pid}-0-${ownMark().split("-")[2]}`, "x", "", `${ownMark()}x`]) {
    expect([mark, fateOf(mark)]).toEqual([mark, "unknown"]);
  }
});
