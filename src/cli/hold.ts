/**
 * hold: `cutter hold show | set | clear`: what keeps everything from being written, who says so, and why.
 *
 * About the files of this host: no connection is made, and the ledger is not asked; the output says so. Clear
 * asks for the run id to be typed. Called by live-commands.ts.
 */
import { userInfo } from "node:os";
import { timestamp } from "../kernel/clock.ts";
import { printable } from "../kernel/evidence/printable.ts";
import { isRunId } from "../kernel/evidence/run-id.ts";
import { Failure } from "../kernel/failure.ts";
import { readKillSwitch } from "../kernel/kill-switch.ts";
import { stateDirectory } from "../kernel/private-files/state-directory.ts";
import { clearHold, type Hold, readHoldFile, setHold } from "../orchestrator/hold.ts";
import { COLUMNS, folded, hanging } from "../report/lines.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";
import { confirmTyped } from "./typed.ts";

type Invocation<Flags> = { readonly flags: Flags; readonly globals: Globals };

const LEDGER = "no connection was made: what the ledger holds was not asked";

/** `cutter.hold-report/v1`: `{ schema, hold, sources: [{ name, where, says, detail }], ledger }`. */
export async function showHold({ globals }: Invocation<unknown>, terminal: Terminal): Promise<number | Failure> {
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  const found = readHoldFile(state);
  const hold = found === null || found instanceof Failure || "unknown" in found ? null : found;
  const sources = readKillSwitch({ stateDirectory: state }).sources.filter(({ name }) => {
    return name === "HOLD" || name === "DISABLED";
  });
  if (globals.format === "json") {
    await terminal.document({ schema: "cutter.hold-report/v1", hold: hold && recordOf(hold), sources, ledger: LEDGER });
    return EXIT.done;
  }
  const standing = sources.filter(({ says }) => says !== "nothing");
  const lines = standing.flatMap(({ name, where, says, detail }) => [
    ...folded(printable(`${name} ${says}: ${where}`)),
    ...hanging("  ", printable(detail), COLUMNS),
  ]);
  await terminal.result(`${[...(lines.length === 0 ? ["nothing stands"] : lines), LEDGER].join("\n")}\n`);
  return EXIT.done;
}

type Setting = { readonly run: string; readonly reason: string };

export async function setHoldFor({ flags, globals }: Invocation<Setting>, terminal: Terminal) {
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  if (!isRunId(flags.run)) return new Failure("USAGE", `${flags.run} is not the name of a run`);
  if (flags.reason.trim() === "") return new Failure("USAGE", "--reason must not be empty");
  const hold = { runId: flags.run, code: "OPERATOR", reason: flags.reason, who: whoAmI(), at: timestamp() };
  const made = setHold(state, hold);
  if (made instanceof Failure) return made;
  const said = made.set === "now" ? "HOLD is set" : "a HOLD stood before, and stays as it was";
  await terminal.result(`${folded(`${said}; ${LEDGER}`).join("\n")}\n`);
  return showHold({ flags, globals }, terminal);
}

type Clearing = { readonly run: string; readonly confirm: string | undefined };

export async function clearHoldOf({ flags, globals }: Invocation<Clearing>, terminal: Terminal) {
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  const question = { expected: flags.run, what: "the run's id", option: "--confirm", given: flags.confirm };
  const unsure = await confirmTyped(question, terminal);
  if (unsure !== null) return unsure;
  const cleared = clearHold(state, flags.run);
  if (cleared instanceof Failure) return cleared;
  const was = printable(`HOLD of run ${cleared.runId} is cleared: it was ${cleared.code}: ${cleared.reason}`);
  await terminal.result(`${[...folded(was), LEDGER].join("\n")}\n`);
  return EXIT.done;
}

function recordOf({ runId, code, reason, who, at }: Hold) {
  return { run_id: runId, code, reason, who, at };
}

/** The user of the process by its number: a name in the environment is anybody's. */
function whoAmI(): string {
  return `user ${process.geteuid?.() ?? userInfo().uid}`;
}
