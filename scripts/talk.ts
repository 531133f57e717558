/**
 * talk: what a long script says while it works: to stderr, each line at once, none throttled away.
 *
 * consola's defaults send some levels to stdout and hold back repeated lines; a result on stdout must stay a result.
 * The program itself writes plainly (src/cli/terminal.ts), since its start-up time counts.
 */
import { createConsola } from "consola";

export const talk = createConsola({
  stdout: process.stderr,
  stderr: process.stderr,
  throttle: 0,
  formatOptions: { date: false },
});
