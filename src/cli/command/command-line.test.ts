import { expect, test } from "bun:test";
import { commandLine } from "./command-line.ts";

test("values of --param are not in the recorded command, and the program has its own name", () => {
  const argv = [
    "rollback",
    "--sql",
    "a.sql",
    "--param",
    "hunter2",
    "--param=hunter3",
    "--param",
    "--param=x",
    "--json",
  ];
  const [value, joined] = ["--param [value]", "--param=[value]"];
  expect(commandLine("cutter-proof", argv)).toBe(
    `cutter-proof rollback --sql a.sql ${value} ${joined} ${value} --json`,
  );
});
