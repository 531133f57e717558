/**
 * doctor: `cutter doctor`: what is still missing before the first live run, and the exact next command for each.
 *
 * Looks at the configuration, the keys, the run store and, through the survey's connection, at the database; writes
 * nothing. What cannot be reached is open, with the reason. Called by setup-commands.ts.
 */
import { checkEncryptionKey } from "../execution/backup/encryption-key.ts";
import { openKeyring } from "../execution/backup/keyring.ts";
import { backupSettings } from "../execution/backup/settings.ts";
import { timestamp } from "../kernel/clock.ts";
import { type Configuration, readConfiguration } from "../kernel/conninfo/configuration.ts";
import { resolveTarget } from "../kernel/conninfo/resolve.ts";
import { Failure } from "../kernel/failure.ts";
import { readAllowedSigners } from "../orchestrator/approvals/allowed-signers.ts";
import { lastRehearsal } from "../orchestrator/approvals/last-rehearsal.ts";
import { liveSurveyor, type Sight } from "../orchestrator/dry-run/surveyor.ts";
import { readSigningKeys } from "../orchestrator/live/signing-keys.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { type Condition, examine, ITEMS } from "../readiness/doctor.ts";
import { type DoctorReport, renderDoctor } from "../report/doctor.ts";
import type { Globals } from "./command/command.ts";
import { EXIT } from "./exit.ts";
import { withStore } from "./run-store.ts";
import { paint, type Terminal } from "./terminal.ts";

type Invocation = { readonly flags: { readonly "show-config": boolean }; readonly globals: Globals };

export function doctor({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  return withStore(globals, async (store) => {
    const configuration = await readConfiguration(globals.config, process.env);
    if (configuration instanceof Failure) return configuration;
    if (flags["show-config"]) return showConfiguration(configuration, terminal);
    const condition = await lookAt(store, configuration);
    if (condition instanceof Failure) return condition;
    const items = examine(condition).map((finding) => ({ ...finding, item: ITEMS[finding.id] }));
    const exit = items.every(({ state }) => state === "CLOSED") ? EXIT.done : NOT_READY;
    const at = timestamp();
    const report: DoctorReport = { schema: "cutter.doctor/v1", at, configuration: configuration.path, items, exit };
    const { stdout } = terminal.colour;
    await terminal.result(renderDoctor(report, globals.format, (text, style) => paint(text, style, stdout)));
    return exit;
  });
}

const NOT_READY = 3;

async function lookAt(store: Store, configuration: Configuration): Promise<Condition | Failure> {
  const run = newestWaiting(store);
  if (run instanceof Failure) return run;
  const rehearsal = run === null ? null : lastRehearsal(store, run);
  if (rehearsal instanceof Failure) return rehearsal;
  const sight = await survey(configuration, run?.documentId ?? null);
  return {
    rehearsal: run === null ? null : { runId: run.runId, report: rehearsal },
    contract: contractOf(sight),
    backupKey: await backupKey(configuration, store.directory),
    missing: missingFrom(configuration),
    approvers: approversOf(configuration),
    document:
      run === null || sight instanceof Failure
        ? null
        : { documentId: run.documentId, units: sight.document.survey.units.length },
  };
}

function newestWaiting(store: Store): RunRecord | null | Failure {
  const runs = store.runs();
  if (runs instanceof Failure) return runs;
  return runs.findLast(({ mode, state }) => mode === "live" && state === "AWAITING_CUT_AUTHORIZATION") ?? null;
}

async function survey({ connections }: Configuration, documentId: string | null): Promise<Sight | Failure> {
  const { survey: configured } = connections;
  if (configured === undefined) return new Failure("USAGE", "[connections.survey] is not configured");
  const target = await resolveTarget({ environment: {}, configured });
  if (target instanceof Failure) return target;
  const surveyor = liveSurveyor(target);
  try {
    return await surveyor.look({ documentId, because: "the doctor asks", writingRole: "refused" });
  } finally {
    await surveyor.close();
  }
}

function contractOf(sight: Sight | Failure): Condition["contract"] {
  if (sight instanceof Failure) return { wrong: `not looked at: ${sight.code}: ${sight.message}` };
  const problems = sight.seen?.contractProblems ?? ["the survey did not ask"];
  return problems.length === 0 ? "holds" : { wrong: problems.join("; ") };
}

async function backupKey(configuration: Configuration, stateDirectory: string): Promise<Condition["backupKey"]> {
  const settings = backupSettings(configuration, stateDirectory);
  if (settings instanceof Failure) return { wrong: settings.message };
  const keyring = await openKeyring(settings);
  if (keyring instanceof Failure) return { wrong: keyring.message };
  const refused = await checkEncryptionKey(keyring, settings);
  keyring.close();
  return refused === null ? "usable" : { wrong: refused.message };
}

const NEEDED = ["survey", "exec", "verify", "rehearse", "backup", "revert"] as const;

function missingFrom(configuration: Configuration): readonly string[] {
  const keys = readSigningKeys(configuration);
  return [
    ...(configuration.path === null ? ["there is no cutter.toml"] : []),
    ...NEEDED.filter((name) => configuration.connections[name] === undefined).map((name) => `no connections.${name}`),
    ...(keys instanceof Failure ? [keys.message] : []),
  ];
}

function approversOf({ approvals }: Configuration): Condition["approvers"] {
  const allowed = readAllowedSigners(approvals.allowedSigners);
  return allowed instanceof Failure ? { wrong: allowed.message } : { lines: allowed.signers.length };
}

/** Never a value that may hold a password: of a connection only where it comes from. */
async function showConfiguration(configuration: Configuration, terminal: Terminal): Promise<number> {
  const { path, document, connections, integrity, signing, approvals, backup, profiles } = configuration;
  const from = path ?? "no cutter.toml";
  const value = (name: string, is: string | null, otherwise: string) =>
    `${name} = ${is ?? otherwise}   (${is === null ? "default" : from})`;
  const lines = [
    value("document", document, "the one with most units"),
    ...NEEDED.map((name) => value(`connections.${name}`, connectionWords(connections[name]), "none")),
    value("integrity.trees", integrity.trees.join(", ") || null, "none"),
    value("signing.exec_key", signing.execKey, "none"),
    value("signing.verify_key", signing.verifyKey, "none"),
    value("signing.attest_key", signing.attestKey, "none: evidence is not attested"),
    value("signing.ssh_key", signing.sshKey, "none: SHA256SUMS is not signed"),
    value("approvals.allowed_signers", approvals.allowedSigners, "none"),
    value("backup.key", backup?.key ?? null, "none"),
    value("backup.directory", backup?.directory ?? null, "backups in the state directory"),
    value("profiles", Object.keys(profiles).join(", ") || null, "the built-in ones"),
  ];
  await terminal.result(`${lines.join("\n")}\n`);
  return EXIT.done;
}

function connectionWords(configured: Configuration["connections"]["exec"]): string | null {
  if (configured === undefined) return null;
  const { service, envFile } = configured;
  if (service !== undefined) return `service ${service}`;
  return envFile === undefined ? "a URL, which is not shown" : `variables of ${envFile.path}`;
}
