/**
 * typed: asks a person to type something, so that what follows is not done by a slip of the hand.
 *
 * On a terminal only. End of input, Ctrl-C, anything else than what was asked for: no. Never has a default. Called by
 * the verbs that arm a run or clear a HOLD.
 */
import { createInterface } from "node:readline";
import { isatty } from "node:tty";
import { Failure } from "../kernel/failure.ts";
import type { Terminal } from "./terminal.ts";

export type Question = {
  /** What has to be typed, to the letter. */
  readonly expected: string;
  /** What it is, for the person: `the first eight characters of the plan's digest`. */
  readonly what: string;
  /** The option that says the same where there is no terminal, and what it was given. */
  readonly option: string;
  readonly given: string | undefined;
};

/** null where it was typed or given; else CONFIRMATION_MISSING. */
export async function confirmTyped({ expected, what, option, given }: Question, terminal: Terminal) {
  if (given !== undefined) return given === expected ? null : refused(`${option} is not ${what}`);
  if (!isatty(0) || !isatty(2)) return refused(`there is no terminal to type ${what} on, and no ${option}`);
  await terminal.alarm(`Type ${what}; anything else leaves it:`);
  const typed = await readLine();
  return typed?.trim() === expected ? null : refused(`what was typed is not ${what}`);
}

function refused(message: string): Failure {
  return new Failure("CONFIRMATION_MISSING", message);
}

/** null at the end of the input, or where it was interrupted. */
function readLine(): Promise<string | null> {
  return new Promise((resolve) => {
    const reader = createInterface({ input: process.stdin, terminal: false });
    reader.once("line", (line) => {
      resolve(line);
      reader.close();
    });
    reader.once("close", () => resolve(null));
  });
}
