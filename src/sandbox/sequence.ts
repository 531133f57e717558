/**
 * sequence: C-01 to C-11 in order until something does not pass; then always the evidence and the teardown.
 *
 * The only file of the sandbox that decides what comes next. A step that failed, a gate that did not pass, and a gate
 * of a command that was not judged all stop it; so does what is thrown, told like any failure. Called by run.ts.
 */
import { stopwatch } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import type { Judged } from "../report/battery.ts";
import { COMMANDS, type CommandRow } from "./commands.ts";
import type { GateLedger } from "./gate-ledger.ts";
import { isMissing } from "./gates/gate.ts";
import { caught } from "./thrown.ts";

/** null: done, as far as the step itself can tell. */
export type Step = () => Promise<Failure | null>;

export type SequenceParts = {
  readonly gates: GateLedger;
  /** Gates that may stay NOT RUN, by demand; asked after each command. One that was judged has to pass. */
  readonly waived: () => readonly string[];
  /** By command; C-12 and C-13 are run whatever came of the others. */
  readonly steps: Readonly<Record<string, Step>>;
  /** Told as each begins. */
  readonly begins: (command: CommandRow) => void;
  /** By one clock, in milliseconds. */
  readonly nowMs: () => number;
};

export type CommandResult = {
  readonly id: string;
  readonly action: string;
  readonly outcome: "done" | "failed" | "not run";
  readonly startedMs: number;
  readonly durationMs: number;
};

export type SequenceResult = {
  readonly commands: readonly CommandResult[];
  /** Why it did not come to its end: the first reason; null where all is well. */
  readonly failure: Failure | null;
};

const ALWAYS = ["C-12", "C-13"];

export async function runSequence(parts: SequenceParts): Promise<SequenceResult> {
  const results = new Map<string, CommandResult>();
  let failure: Failure | null = null;
  for (const command of COMMANDS) {
    if (failure !== null && !ALWAYS.includes(command.id)) continue;
    const elapsed = stopwatch();
    const startedMs = parts.nowMs();
    const stopped: Failure | null = await caught(command.id, () => perform(command, parts));
    const outcome = stopped === null ? "done" : "failed";
    results.set(command.id, { ...named(command), outcome, startedMs, durationMs: elapsed() });
    failure ??= stopped;
  }
  const none = { outcome: "not run", startedMs: 0, durationMs: 0 } as const;
  return { commands: COMMANDS.map((command) => results.get(command.id) ?? { ...named(command), ...none }), failure };
}

function named({ id, action }: CommandRow): Pick<CommandResult, "id" | "action"> {
  return { id, action };
}

async function perform(command: CommandRow, { steps, gates, begins, waived }: SequenceParts): Promise<Failure | null> {
  const step = steps[command.id];
  if (step === undefined) throw new Error(`${command.id} has no step`);
  begins(command);
  return (await step()) ?? refuseGates(command, gates, waived());
}

/** The first gate of the command that did not pass, as a failure: one that was never judged too. */
function refuseGates(
  { id: command, gates: ids }: CommandRow,
  gates: GateLedger,
  waived: readonly string[],
): Failure | null {
  for (const id of ids.filter((one) => !gates.isLeftOut(one))) {
    const judged = gates.of(id);
    if (waived.includes(id) && (judged?.verdict ?? "NOT RUN") === "NOT RUN") continue;
    if (judged === undefined) return new Failure("SANDBOX_NOT_PROVEN", `${command}: ${id} was not judged`);
    if (judged.verdict !== "PASS") return failureOf(judged);
  }
  return null;
}

const CODES = {
  "G-01": "SANDBOX_DISK_SHORT",
  "G-02": "SANDBOX_NAME_TAKEN",
  "G-08": "SANDBOX_RESTORE_FAILED",
  "G-09": "SANDBOX_PRIVILEGES_DIFFER",
  "G-10": "SANDBOX_IS_PRODUCTION",
  "G-25": "SANDBOX_LEFTOVERS",
} as const;

/** With what was seen; where the measurement itself failed, in that failure's words. */
export function failureOf({ id, claim, mismatches, failure }: Judged): Failure {
  // What could not be measured is not known to be so.
  const code = id in CODES && failure === null ? CODES[id as keyof typeof CODES] : "SANDBOX_NOT_PROVEN";
  const seen = mismatches.map(({ what, expected, seen: found }) => `${what}: expected ${expected}, seen ${found}`);
  const why = failure === null ? seen.join("; ") : `${failure.code}: ${failure.message}`;
  const hint = mismatches.some(isMissing) ? { hint: QUIET_HOST } : {};
  return new Failure(code, `${id} did not pass (${claim}): ${why}`, { facts: { gate: id }, ...hint });
}

const QUIET_HOST =
  "cutter sends signals to nothing but what it started itself, so find out who ended what is named; " +
  "if that was meant, run it again while nobody ends a server here.";
