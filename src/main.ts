/**
 * main: the `cutter` program: argv → command → run → exit code.
 *
 * With proofs/main.ts the only place that ends the process. Everything else is in cli/.
 */
import { runProgram } from "./cli/command/program.ts";
import { CUTTER } from "./cli/commands.ts";

await runProgram({ root: CUTTER, argv: process.argv.slice(2), exit: (code) => process.exit(code) });
