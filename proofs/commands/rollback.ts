/**
 * rollback: `cutter proof rollback`: runs the battery, keeps its evidence, prints the report, answers the exit code.
 *
 * Parse, call, render; what is proven is decided in proofs/runner.ts. The evidence is written before the report is
 * printed, so that a closed terminal loses nothing; where it could not be, nothing is run at all.
 */
import type { Globals } from "../../src/cli/command/command.ts";
import { commandLine } from "../../src/cli/command/command-line.ts";
import { tellFailure } from "../../src/cli/exit.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { openEvidencePlace } from "../../src/kernel/evidence/folder.ts";
import { redactFact } from "../../src/kernel/evidence/redaction.ts";
import { runId } from "../../src/kernel/evidence/run-id.ts";
import { sealedFiles, writeSigned } from "../../src/kernel/evidence/seal.ts";
import { readSealKeys } from "../../src/kernel/evidence/seal-keys.ts";
import { Failure, type FailureCode } from "../../src/kernel/failure.ts";
import { limits } from "../../src/kernel/limits.ts";
import { stateDirectory } from "../../src/kernel/private-files/state-directory.ts";
import type { FailureDocument } from "../../src/report/battery.ts";
import { batterySuite } from "../../src/report/test-point.ts";
import { testResult } from "../../src/report/test-result.ts";
import { evidenceFiles, renderBattery } from "../render.ts";
import { runProofs } from "../run.ts";
import type { TargetFlags } from "../target-choice.ts";
import { type NamingFlags, nameTargets, remarksOn } from "./naming.ts";
import { showProofs } from "./progress.ts";

export type RollbackFlags = NamingFlags &
  TargetFlags & {
    readonly "expect-role": string | undefined;
    readonly "max-rows": number | undefined;
    readonly "max-lock-time": number | undefined;
    readonly "lock-timeout": number;
    readonly "statement-timeout": number;
    readonly retries: number;
    readonly mode: "auto" | "exact" | "estimate";
    readonly digest: boolean;
    readonly "allow-superuser": boolean;
  };

type Invocation = { readonly flags: RollbackFlags; readonly globals: Globals };

export async function rollback({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const named = await nameTargets(flags, { globals, primary: "exec" });
  if (named instanceof Failure) return named;
  for (const remark of remarksOn(named)) await terminal.talk(remark);
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  const place = openEvidencePlace(state);
  if (place instanceof Failure) return place;
  const keys = readSealKeys(named.configuration, process.env);
  if (keys instanceof Failure) return keys;
  const id = runId("proof");
  const options = optionsOf(flags);
  const detail = globals.talk === "verbose" ? "full" : "short";
  const progress = showProofs(terminal);
  const found = await runProofs({
    runId: id,
    command: commandLine(globals.program, process.argv.slice(2)),
    stateDirectory: state,
    plan: { ...named, ...options, embeddedRole: embeddedRole(flags) },
    targetFlags: targetFlagsOf(flags, named.target.kind),
    options,
    progress: progress.ended,
  });
  progress.stop();
  if (found instanceof Failure) return found;
  // Before it is drawn, since a line that is wrapped or escaped no longer shows what it holds.
  const report = redactFact(found) as typeof found;
  const files = sealedFiles(evidenceFiles(report), testResult(batterySuite(report)), keys);
  const written = await writeSigned({ stateDirectory: state, runId: id, files }, keys);
  await terminal.result(renderBattery(report, { format: globals.format, colour: terminal.colour.stdout, detail }));
  if (report.failure !== null) await explain(report.failure, terminal);
  if (written instanceof Failure) {
    // The result is out already, so this is told beside it; what the proof found is the graver of the two.
    await terminal.alarm(`evidence was NOT kept: ${written.message}`);
    const code = await tellFailure(written, terminal);
    return report.exit === 0 ? code : report.exit;
  }
  await terminal.talk(`evidence: ${written}`);
  return report.exit;
}

function optionsOf(flags: RollbackFlags) {
  const escapes = flags["allow-escape"].map((name) => `escape ${name}`);
  return {
    retries: flags.retries,
    lockTimeoutMs: flags["lock-timeout"],
    statementTimeoutMs: flags["statement-timeout"],
    counts: {
      mode: flags.mode,
      digest: flags.digest ? "content" : "none",
      budgetMs: flags.mode === "exact" ? flags["statement-timeout"] : limits.exactCountBudgetMs,
    },
    allowances: [...(flags["allow-superuser"] ? ["superuser"] : []), ...escapes],
    expectedRole: flags["expect-role"] ?? null,
    maxLockMs: flags["max-lock-time"] ?? null,
    maxRows: flags["max-rows"] ?? null,
  } as const;
}

/** The embedded database holds the contract, so nothing has to be looked up. */
function targetFlagsOf(flags: RollbackFlags, kind: "server" | "embedded"): TargetFlags {
  const free = flags.target === undefined && flags.sql === undefined && flags.spec === undefined;
  return kind === "embedded" && free ? { ...flags, target: "iu", targetBecause: "--embedded" } : flags;
}

/** On the embedded engine a script runs as the owner: cutter_exec may call functions, but owns nothing. */
function embeddedRole(flags: RollbackFlags): string {
  const owned = flags.sql !== undefined || flags.spec !== undefined || flags.target === "generic";
  return owned ? "workflow_admin" : "cutter_exec";
}

/** Why it is not proven, what it means for the data and what to do, on stderr beside the report. */
async function explain({ code, message, data, hint, facts }: FailureDocument, terminal: Terminal): Promise<void> {
  await tellFailure(new Failure(code as FailureCode, message, { data, hint, facts }), terminal);
}
