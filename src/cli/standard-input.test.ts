/** standard-input.test: documents through a pipe, as a process and as a stream that does not end. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Failure } from "../kernel/failure.ts";
import { readStream } from "./standard-input.ts";

const MAIN = join(import.meta.dirname, "../main.ts");
const LAW = "Điều 1. Phạm vi\n1. Luật này của các.\n2. Hai.\n";

async function piped(file: string, input: string) {
  const env = { PATH: process.env.PATH ?? "" };
  // A shell makes a pipe, as an operator does.
  const script = 'printf %s "$1" | "$2" "$3" plan "$4" --document D --format jsonl';
  const argv = ["sh", "-c", script, "sh", input, process.execPath, MAIN, file];
  const child = Bun.spawn(argv, { env, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()]);
  return { code, stdout, stderr };
}

test("`cutter plan -` cuts what comes through standard input", async () => {
  const { code, stdout, stderr } = await piped("-", LAW);
  const units = stdout.trimEnd().split("\n");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(units.map((line) => JSON.parse(line).address)).toEqual([
    "D/article-1",
    "D/article-1/clause-1",
    "D/article-1/clause-2",
  ]);
});

test("nothing on standard input is an empty document", async () => {
  const { code, stderr } = await piped("-", "");
  expect(code).toBe(2);
  expect(stderr).toStartWith("error DOCUMENT_EMPTY: standard input is empty");
});

test("a pipe by its name in /dev is refused, and the refusal names `-`", async () => {
  const { code, stdout, stderr } = await piped("/dev/stdin", LAW);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toBe(
    "error FILE_UNREADABLE: /dev/stdin is a pipe, which can be read only once\n" +
      "data: No connection was made; nothing was read or written.\n" +
      "hint: FILE is a regular file: UTF-8 text or Markdown; `cutter plan -` reads standard input.\n",
  );
});

test("a stream that does not end is read up to the bound, and refused", async () => {
  let given = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += 1;
      if (given > 1000) controller.close();
      else controller.enqueue(new Uint8Array(10));
    },
  });
  const got = await readStream(endless, 95);
  if (!(got instanceof Failure)) throw new Error(`read ${got.byteLength} bytes`);
  expect([got.code, got.message, got.facts.limit_bytes]).toEqual([
    "FILE_UNREADABLE",
    "standard input holds more than 95 bytes",
    95,
  ]);
  expect(given).toBeLessThan(20);
});

test("a stream of just the bound is read, and one that breaks is a failure", async () => {
  const whole = await readStream(new Blob(["x".repeat(95)]).stream(), 95);
  expect(whole instanceof Failure ? whole.message : whole.byteLength).toBe(95);
  const broken = new ReadableStream<Uint8Array>({
    pull() {
      throw new Error("EIO: i/o error");
    },
  });
  const got = await readStream(broken, 95);
  expect(got instanceof Failure ? [got.code, got.message] : got).toEqual([
    "FILE_UNREADABLE",
    "cannot read standard input: EIO: i/o error",
  ]);
});
