/**
 * raw-arguments.test: bytes that are not UTF-8 are refused by the real program, never turned into other characters.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";

const MAIN = join(import.meta.dir, "../../main.ts");

/** `words` is shell text, so that it can make any bytes. */
async function run(words: string): Promise<{ code: number; stderr: string }> {
  const child = Bun.spawn(["/bin/sh", "-c", `"$BUN" "$MAIN" ${words}`], {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    env: { PATH: process.env.PATH ?? "", BUN: process.execPath, MAIN },
  });
  const [code, stderr] = await Promise.all([child.exited, child.stderr.text()]);
  return { code, stderr };
}

const BYTE = `"$(printf '\\351')"`;

test("a byte that is not UTF-8 is refused, in whatever word, and its text is not told", async () => {
  const proof = "proof rollback --url postgres://nobody@127.0.0.1:1/x --sql /nowhere.sql";
  const spaced = await run(`${proof} --param ${BYTE}`);
  expect(spaced).toMatchObject({ code: 2 });
  expect(spaced.stderr).toStartWith("error USAGE: argument 8, after --param, holds bytes that are not UTF-8\n");
  const inline = await run(`${proof} --param=secret${BYTE}`);
  expect(inline.stderr).toStartWith("error USAGE: argument 7, --param=, holds bytes that are not UTF-8\n");
  expect(inline.stderr).not.toContain("secret");
  expect((await run(`explain ${BYTE}`)).stderr).toStartWith("error USAGE: argument 2 holds bytes");
});

test("the replacement character itself is a character like any other", async () => {
  const { stderr } = await run(`explain "$(printf '\\357\\277\\275')"`);
  expect(stderr).toStartWith("error USAGE: unknown");
});
