/** Tests of the end of a process by a bug: what was registered for a signal is done before, once, and it is told. */
import { expect, test } from "bun:test";
import { join } from "node:path";

const CHILD = `
  const { runProgram } = await import(${JSON.stringify(join(import.meta.dir, "program.ts"))});
  const { defineCommand } = await import(${JSON.stringify(join(import.meta.dir, "command.ts"))});
  const { onSignal } = await import(${JSON.stringify(join(import.meta.dir, "../exit.ts"))});
  const command = defineCommand({
    ...{ name: "bug", summary: "Breaks.", examples: [], positionals: [], flags: [], formats: ["text"] },
    run: async () => {
      onSignal(async (reason) => {
        await Bun.sleep(50);
        process.stdout.write("cleaned up: " + reason.message + "\\n");
        if (process.argv.at(-1) === "twice") throw new Error("another bug");
      });
      if (process.argv.at(-1) === "thrown") throw new Error("a bug");
      void Promise.reject(new Error("a bug"));
      if (process.argv.at(-1) === "twice") void Promise.reject(new Error("one more"));
      await Bun.sleep(10_000);
    },
  });
  const root = { name: "sample", summary: "", examples: [], commands: [command] };
  await runProgram({ root, argv: ["bug"], exit: (code) => process.exit(code) });
`;

test.each(["thrown", "unhandled", "twice"])(
  "a bug, %s: what is registered is cleaned up, then it is told",
  async (how) => {
    const child = Bun.spawn([process.execPath, "-e", CHILD, how], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
    const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
    expect({ code, stdout, bugs: stderr.match(/error BUG.*/g) }).toEqual({
      ...{ code: 1, stdout: "cleaned up: a mistake in cutter itself ended it\n" },
      bugs: ["error BUG: a mistake in cutter itself: a bug"],
    });
  },
);
