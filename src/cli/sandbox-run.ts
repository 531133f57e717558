/**
 * sandbox-run: `cutter sandbox run`: one whole sandbox, its report, and after a signal at least its removal.
 *
 * The result is the report; a first signal removes everything, leaves the evidence of what was done until then and
 * ends, a second one ends at once and leaves the rest to `cutter sandbox sweep`. Called by sandbox.ts.
 */
import { sleep } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { readKillSwitch } from "../kernel/kill-switch.ts";
import { limits } from "../kernel/limits.ts";
import { processEnding, sayAtEnd } from "../kernel/session/registry.ts";
import { renderSandbox } from "../report/sandbox.ts";
import { runSandbox, type SandboxOutcome } from "../sandbox/run.ts";
import { Sandbox, type SandboxOrder } from "../sandbox/sandbox.ts";
import type { Globals } from "./command/command.ts";
import { commandLine } from "./command/command-line.ts";
import { type Progress, showProgress } from "./command/progress.ts";
import { EXIT, onSignal, tellFailure } from "./exit.ts";
import { beforehand } from "./sandbox-embedded.ts";
import { type Ordered, orderOf, type SandboxFlags } from "./sandbox-order.ts";
import { readSource } from "./source-file.ts";
import { paint, type Terminal } from "./terminal.ts";

type Flags = SandboxFlags & {
  readonly document: string | undefined;
  readonly profile: string;
  readonly keep: boolean;
  readonly "allow-outbound": boolean;
};
type Invocation = { readonly flags: Flags; readonly globals: Globals };

/** `S3: a run is resumed that has ended`: one of those that are played one after the other. */
const SCENARIO = /^(S\d+): /;

export async function sandboxRun({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const ordered = await orderOf(flags, globals);
  if (ordered instanceof Failure) return ordered;
  const open = await refuseOpen(ordered, flags);
  if (open !== null) return open;
  const disabled = refuseDisabled(ordered.stateDirectory);
  if (disabled !== null) return disabled;
  const document = await documentOf(flags, ordered.configuration.profiles);
  if (document instanceof Failure) return document;
  const { line, configuration: _, ...order } = ordered;
  await terminal.talk(line);
  for (const sentence of beforehand(order.provider)) await terminal.talk(sentence);
  const progress = showProgress(terminal);
  const sandbox = new Sandbox({
    ...{ ...order, document, environment: process.env, self: selfWords() },
    ...{ afterwards: flags.keep ? "keep" : "remove", outbound: flags["allow-outbound"] ? "allowed" : "refused" },
    tell: teller(progress),
  });
  sayAtEnd(
    "Nothing but the throwaway database was written. What is left of it is said above; the evidence tells the rest.",
  );
  onSignal(async (signal) => {
    await terminal.talk(`removing ${sandbox.name}; a second signal would leave it to cutter sandbox sweep`);
    const { left } = await sandbox.interrupt(signal);
    for (const one of left) await terminal.alarm(`left: ${one}`);
    if (left.length === 0) await terminal.talk(`nothing of ${sandbox.name} is left`);
    const told = await running.catch(() => null);
    if (told !== null && sandbox.record !== null) await terminal.talk(evidenceLine(told));
  });
  const command = commandLine("cutter", process.argv.slice(2));
  const running = runSandbox(sandbox, { command, begins: progress.begins });
  const outcome = await running;
  progress.stop();
  const { stdout } = terminal.colour;
  const palette = (text: string, style: Parameters<typeof paint>[1]): string => paint(text, style, stdout);
  const detail = globals.talk === "verbose" ? "full" : "short";
  await terminal.result(renderSandbox(outcome.report, globals.format, { palette, detail }));
  if (outcome.report.kept.length > 0) await stay(sandbox, terminal);
  return outcome.failure === null ? EXIT.done : tellFailure(outcome.failure, terminal);
}

/** A verb that a scenario gives is shown with the scenario that gives it. */
function teller({ begins, now }: Progress): (sentence: string) => Promise<void> {
  let scenario = "";
  return async (sentence) => {
    const began = SCENARIO.exec(sentence)?.[1];
    if (began === undefined) return now(sentence.startsWith("cutter ") ? `${scenario}: ${sentence}` : sentence);
    scenario = began;
    begins(sentence);
  };
}

function evidenceLine({ report }: SandboxOutcome): string {
  return `${report.verdictLine}; evidence: ${report.folder}`;
}

/** A function, a trigger or a foreign server of somebody's database connects to what it connects to there. */
async function refuseOpen(
  { source, provider }: Ordered,
  { "allow-outbound": allowed }: Flags,
): Promise<Failure | null> {
  const runsOnlyOurCode = source.kind === "reference";
  if (runsOnlyOurCode || allowed) return null;
  const reason = await provider.unclosed();
  if (reason === null || reason instanceof Failure) return reason;
  const server = `a ${provider.name} server cannot be closed outwards here (${reason})`;
  return new Failure("SANDBOX_NOT_CLOSED", `${server}, and code of the ${source.kind} database would run there`, {
    facts: { provider: provider.name, source: source.kind, reason },
  });
}

/** What the operator has turned off for this host is off in a sandbox, too: its runs ask the same file. */
function refuseDisabled(stateDirectory: string): Failure | null {
  const off = readKillSwitch({ stateDirectory }).sources.find(
    ({ name, says }) => name === "DISABLED" && says !== "nothing",
  );
  if (off === undefined) return null;
  const message = `${off.where} says off: ${off.detail}; no run of a sandbox would be executed either`;
  return new Failure("STOP_KILL_SWITCH", message, { facts: { where: off.where, detail: off.detail } });
}

async function documentOf({ document: path, profile }: Flags, ownProfiles: Readonly<Record<string, unknown>>) {
  if (path === undefined) return null;
  const source = await readSource({ path, documentId: "SANDBOX", profile, ownProfiles });
  return source instanceof Failure
    ? source
    : { bytes: source.bytes, fileName: source.fileName, profile: source.profile };
}

/** The compiled program starts itself; from source the runtime starts what it was started with. */
function selfWords(): SandboxOrder["self"] {
  return Bun.main.startsWith("/$bunfs/") ? [process.execPath] : [process.execPath, "--no-env-file", Bun.main];
}

/** Until a signal comes, whose handler removes everything and ends the process. */
async function stay({ name }: Sandbox, terminal: Terminal): Promise<void> {
  await terminal.talk(`${name} is kept until this command is ended: Ctrl-C, or kill ${process.pid}, removes it`);
  while (!processEnding.aborted) await sleep(limits.progressDrawMs);
  await new Promise<never>(() => {});
}
