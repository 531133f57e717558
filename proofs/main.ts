/**
 * main: cutter-proof, the small second binary: the proofs alone, against any database.
 *
 * The same commands as `cutter proof`, without the embedded engine. One of the two places that end the process.
 */
import { runProgram } from "../src/cli/command/program.ts";
import { PROOF } from "./commands.ts";

await runProgram({
  root: { ...PROOF, name: "cutter-proof" },
  argv: process.argv.slice(2),
  exit: (code) => process.exit(code),
});
