/** Tests of `cutter hold` as a program: what it says, and that nothing but the run's own name clears a HOLD. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../scripts/database/files.ts";

const RUN = "ictr-20260521T042359Z-ad3d0b97";
const OTHER = "ictr-20260521T042359Z-ad3d0b98";

function cutter(
  state: string,
  ...argv: string[]
): { readonly exit: number; readonly out: string; readonly err: string } {
  const main = join(import.meta.dir, "..", "main.ts");
  const done = Bun.spawnSync([process.execPath, main, "hold", ...argv, "--state-dir", state], { stdin: "ignore" });
  return { exit: done.exitCode, out: done.stdout.toString(), err: done.stderr.toString() };
}

test("a HOLD is set once, shown, and cleared by typing its run only", () => {
  const state = join(temporaryFolder(), "state");
  expect(cutter(state, "show")).toMatchObject({ exit: 0, out: expect.stringContaining("nothing stands") });
  expect(cutter(state, "set", "--run", RUN, "--reason", "wrong text").exit).toBe(0);
  expect(cutter(state, "set", "--run", OTHER, "--reason", "later").out).toContain("stays as it was");
  const shown = cutter(state, "show");
  expect([shown.exit, shown.out]).toEqual([0, expect.stringContaining(`run ${RUN}: OPERATOR: wrong text (user `)]);
  expect(shown.out).toContain("no connection was made");
  const wrong = [
    ["--run", RUN],
    ["--run", RUN, "--confirm", OTHER],
    ["--run", OTHER, "--confirm", OTHER],
  ];
  expect(wrong.map((argv) => cutter(state, "clear", ...argv).exit)).toEqual([4, 4, 4]);
  expect(existsSync(join(state, "locks", "HOLD"))).toBe(true);
  expect(cutter(state, "clear", "--run", RUN, "--confirm", RUN).exit).toBe(0);
  expect(existsSync(join(state, "locks", "HOLD"))).toBe(false);
});
