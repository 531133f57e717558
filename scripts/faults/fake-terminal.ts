/**
 * fake-terminal: a verb run in this process, with the words that it was given, and what it said.
 *
 * For what a process cannot be given: other proofs, another table of commands. The command line is read as always.
 * Used by tests; never by the program.
 */
import type { Invocation } from "../../src/cli/command/command.ts";
import { parse } from "../../src/cli/command/parse.ts";
import { CUTTER } from "../../src/cli/commands.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { Failure } from "../../src/kernel/failure.ts";

export type Told = { readonly code: number; readonly result: string; readonly alarm: string };

type Verb = (invocation: Invocation, terminal: Terminal) => Promise<number | Failure>;

export async function toldBy(argv: readonly string[], verb: Verb): Promise<Told> {
  const results: string[] = [];
  const alarms: string[] = [];
  const nothing = async (): Promise<void> => {};
  const terminal: Terminal = {
    result: async (text) => void results.push(text),
    document: async (value) => void results.push(JSON.stringify(value)),
    talk: nothing,
    detail: nothing,
    alarm: async (line, label = "") => void alarms.push(`${label}${line}\n`),
    draw: nothing,
    tellProgress: () => undefined,
    clear: () => undefined,
    colour: { stdout: "off", stderr: "off" },
    progress: "none",
    lost: () => undefined,
  };
  const parsed = parse(CUTTER, argv);
  if (parsed instanceof Failure || parsed.kind !== "run") throw new Error(`does not parse: ${argv.join(" ")}`);
  const answer = await verb(parsed.invocation, terminal);
  const code = answer instanceof Failure ? answer.exitCode : answer;
  const failure = answer instanceof Failure ? [`${answer.code}: ${answer.message}\n`] : [];
  return { code, result: results.join(""), alarm: [...alarms, ...failure].join("") };
}
