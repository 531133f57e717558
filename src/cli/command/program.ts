/**
 * program: a command table and argv → the exit code.
 *
 * The whole life of a process but its end: parse, settle the terminal, catch signals and bugs, run the one command,
 * report its Failure. Ends the process only through the `exit` it is given. Called by src/main.ts and proofs/main.ts.
 */
import { type Fact, Failure } from "../../kernel/failure.ts";
import { closeAllSessions } from "../../kernel/session/registry.ts";
import { COMMIT, COMMIT_DATE, SQL_DIGEST, VERSION, versionLine } from "../../kernel/version.ts";
import {
  cleanUp,
  EXIT,
  installSignals,
  onSignal,
  type ReportFormat,
  reportBug,
  reportFailure,
  unlessSignalled,
  unlessSignalledTerminal,
} from "../exit.ts";
import { createTerminal, type Terminal, type TerminalSettings } from "../terminal.ts";
import type { Command } from "./command.ts";
import { renderHelp } from "./help.ts";
import { type Parsed, parse } from "./parse.ts";
import { refuseForeignBytes } from "./raw-arguments.ts";

export type Program = {
  readonly root: Command;
  /** Without runtime and script. */
  readonly argv: readonly string[];
  /** Ends the process; also called by a signal or a bug outside the command's own promise. */
  readonly exit: (code: number) => void;
};

/** Runs the command that argv names, to the end of the process. */
export async function runProgram({ root, argv, exit }: Program): Promise<void> {
  const parsed = refuseForeignBytes(argv) ?? parse(root, argv);
  const terminal = createTerminal(terminalSettings(parsed));
  const format = reportFormat(parsed, argv);
  // A second one comes of the first, or of cleaning up behind it.
  let crashed: "no" | "yes" = "no";
  const crash = async (error: unknown): Promise<void> => {
    if (crashed === "yes") return;
    crashed = "yes";
    await cleanUp();
    exit(await reportBug(error, { terminal, format }));
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  installSignals({ terminal, format, exit });
  onSignal(closeAllSessions);
  try {
    const answer = await perform(parsed, { root, terminal: unlessSignalledTerminal(terminal) });
    await unlessSignalled();
    const code = answer instanceof Failure ? await reportFailure(answer, { terminal, format }) : answer;
    const lost = terminal.lost();
    if (lost === undefined || code !== EXIT.done) return exit(code);
    exit(await reportFailure(lost, { terminal, format: "text" }));
  } catch (error) {
    await unlessSignalled();
    await crash(error);
  }
}

type Stage = { readonly root: Command; readonly terminal: Terminal };

async function perform(parsed: Parsed | Failure, { root, terminal }: Stage): Promise<number | Failure> {
  if (parsed instanceof Failure) return parsed;
  if (parsed.kind === "version") {
    if (parsed.format === "json") await terminal.document(versionDocument(root.name));
    else await terminal.result(`${versionLine(root.name)}\n`);
    return EXIT.done;
  }
  if (parsed.kind === "manual") {
    const { renderManual } = await import("./manual.ts");
    await terminal.result(renderManual(root, { version: VERSION, date: COMMIT_DATE }));
    return EXIT.done;
  }
  if (parsed.kind === "run") return parsed.leaf.run(parsed.invocation, terminal);
  const text = renderHelp(parsed.command, parsed.path);
  if (parsed.asked === "yes") {
    await terminal.result(text);
    return EXIT.done;
  }
  // Nobody asked for help, and nothing was done: a script that lost its arguments must not read this as success.
  for (const line of text.trimEnd().split("\n")) await terminal.alarm(line);
  return new Failure("USAGE", "no command was given", { hint: "Choose one of the commands above." });
}

function versionDocument(name: string): Fact {
  return { schema: "cutter.version/v1", name, version: VERSION, commit: COMMIT, sql_digest: SQL_DIGEST };
}

function terminalSettings(parsed: Parsed | Failure): TerminalSettings {
  if (parsed instanceof Failure || parsed.kind !== "run") return { talk: "normal", color: "auto" };
  const { talk, color } = parsed.invocation.globals;
  return { talk, color };
}

/** A line that could not be parsed still says whether a machine is listening. */
function reportFormat(parsed: Parsed | Failure, argv: readonly string[]): ReportFormat {
  if (!(parsed instanceof Failure)) {
    return parsed.kind === "run" && parsed.invocation.globals.format === "json" ? "json" : "text";
  }
  const end = argv.indexOf("--");
  const words = end === -1 ? argv : argv.slice(0, end);
  const spaced = words[words.indexOf("--format") + 1] === "json" && words.includes("--format");
  return words.includes("--json") || words.includes("--format=json") || spaced ? "json" : "text";
}
