/** Tests of the one program that makes a cluster: its bound, what it started, and what it is told. */
import { expect, test } from "bun:test";
import { stopwatch } from "../../kernel/clock.ts";
import { lastWords, runToEnd } from "./run-as.ts";

test("at its bound it is killed with whatever it started", async () => {
  const elapsed = stopwatch();
  const failed = await runToEnd(["/bin/sh", "-c", "sleep 60 & wait"], { timeoutMs: 200 });
  expect([failed?.code, failed?.message.startsWith("/bin/sh was killed (SIGKILL)")]).toEqual([
    "SANDBOX_SERVER_FAILED",
    true,
  ]);
  expect(elapsed()).toBeLessThan(10_000);
});

test("it is told nothing of our environment", async () => {
  process.env.CUTTER_CANARY = "3";
  const failed = await runToEnd(["/bin/sh", "-c", 'test -z "$CUTTER_CANARY" && exit 7; exit 3'], { timeoutMs: 10_000 });
  delete process.env.CUTTER_CANARY;
  expect(failed?.message).toContain("ended with 7");
});

test("it is called by its name, never by a path that it was given", async () => {
  const words = ["setpriv", "--pdeathsig", "KILL", "cp", "--no-target-directory", "--", "/no/such/place", "/tmp/x"];
  const failed = await runToEnd(words, { timeoutMs: 10_000 });
  expect(failed?.message).toStartWith("cp ended with 1: ");
  const closed = await runToEnd(["env", ...words], { timeoutMs: 10_000, program: "initdb" });
  expect(closed?.message).toStartWith("initdb ended with 1: ");
});

test("a program that is not there is a failure, and why one failed is what it called an error", async () => {
  const missing = await runToEnd(["/no/such/initdb"], { timeoutMs: 1_000 });
  expect(missing?.message).toBe("/no/such/initdb cannot be started: ENOENT");
  const said = ["LOG:  one", "FATAL:  no room", "LOG:  two", "LOG:  three", "LOG:  four", ""].join("\n");
  expect([lastWords(said), lastWords("a\nb\nc\nd\n")]).toEqual(["FATAL:  no room", "b; c; d"]);
});
