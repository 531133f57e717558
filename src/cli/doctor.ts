/**
 * doctor: `cutter doctor`: what is still missing before the first live run, and the exact next command for each.
 *
 * Looks at the configuration, the keys, the run store, the programs and, through each connection, at the database;
 * writes nothing there. What cannot be reached is open, with the reason. Called by setup-commands.ts.
 */
import { checkEncryptionKey } from "../execution/backup/encryption-key.ts";
import { openKeyring } from "../execution/backup/keyring.ts";
import { backupSettings } from "../execution/backup/settings.ts";
import { type TargetIdentity, targetWords } from "../flow/survey.ts";
import { timestamp } from "../kernel/clock.ts";
import { type Configuration, readConfiguration } from "../kernel/conninfo/configuration.ts";
import { fileVariables } from "../kernel/conninfo/file-variables.ts";
import { resolveTarget } from "../kernel/conninfo/resolve.ts";
import { canonicalJson } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { readKillSwitch } from "../kernel/kill-switch.ts";
import { lastRehearsal } from "../orchestrator/approvals/last-rehearsal.ts";
import { liveSurveyor, type Sight } from "../orchestrator/dry-run/surveyor.ts";
import { owesHold } from "../orchestrator/live/owed-hold.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import type { Condition, Problem } from "../readiness/doctor/condition.ts";
import { examine, ITEMS } from "../readiness/doctor.ts";
import { type DoctorReport, renderDoctor } from "../report/doctor.ts";
import type { Globals } from "./command/command.ts";
import { type Look, lookAtConnections, NEEDED } from "./doctor/connections.ts";
import { lookAtPlace } from "./doctor/place.ts";
import { lookAtSigners } from "./doctor/signers.ts";
import { standingOf } from "./doctor/standing.ts";
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
  const report = run === null ? null : lastRehearsal(store, run);
  if (report instanceof Failure) return report;
  const { looks, problems } = await lookAtConnections(configuration);
  const [exec, backup] = (["exec", "backup"] as const).map((name) => looks.find(({ role }) => role === name));
  const off = whatSaysOff(store, exec);
  if (off instanceof Failure) return off;
  const sight = await survey(configuration, run?.documentId ?? null);
  const at = { stateDirectory: store.directory, serverVersionNumber: backup?.serverVersionNumber ?? null };
  const place = await lookAtPlace(configuration, at);
  const target = exec?.target ?? null;
  const openedTo = target === null ? "a database that was not recognised" : targetWords(target);
  const opened = `${looks.length} connections opened, all to ${openedTo}`;
  return {
    off,
    clock: clockOf(looks),
    rehearsal: run === null ? null : { runId: run.runId, report, standing: standingOf(run, report, exec) },
    contract: contractOf(sight),
    backupKey: await backupKey(configuration, store.directory),
    place: { ...place, problems: [...problems, ...place.problems], seen: [opened, ...place.seen] },
    approvers: await lookAtSigners(configuration, timestamp()),
    document: documentOf(run, sight),
  };
}

function newestWaiting(store: Store): RunRecord | null | Failure {
  const runs = store.runs();
  if (runs instanceof Failure) return runs;
  return runs.findLast(({ mode, state }) => mode === "live" && state === "AWAITING_CUT_AUTHORIZATION") ?? null;
}

/** Files of this host, holds of the ledger, and those that a killed process owes. */
function whatSaysOff(store: Store, exec: Look | undefined): readonly Problem[] | Failure {
  const { sources } = readKillSwitch({ stateDirectory: store.directory });
  const files = sources.filter(({ name, says }) => (name === "HOLD" || name === "DISABLED") && says !== "nothing");
  const runs = store.runs();
  if (runs instanceof Failure) return runs;
  const owed: Problem[] = [];
  for (const run of runs) {
    const hold = owesHold(store, run);
    if (hold instanceof Failure) return hold;
    const what = `run ${run.runId} owes a HOLD: ${hold?.code}: ${hold?.reason}`;
    if (hold !== null) owed.push({ what, next: `cutter show ${run.runId}` });
  }
  return [
    ...files.map(({ name, where, detail }) => {
      const next = name === "HOLD" ? "cutter hold show; then cutter hold clear --run RUN" : `rm ${where}`;
      return { what: `${where} says off: ${detail}`, next };
    }),
    ...owed,
    ...ledgerHolds(exec),
  ];
}

function ledgerHolds(exec: Look | undefined): readonly Problem[] {
  const holds = exec?.holds ?? null;
  if (holds === null) return [{ what: "the ledger was not asked for holds", next: NEXT_FOR_EXEC }];
  return holds.map(({ runId, reason }) => {
    return { what: `the ledger holds run ${runId}: ${reason}`, next: `cutter show ${runId}` };
  });
}

const NEXT_FOR_EXEC = "[connections.exec] in cutter.toml, as a role with the rights of cutter_exec; then cutter doctor";

/** The one that is furthest away. */
function clockOf(looks: readonly Look[]): Condition["clock"] {
  const asked = looks.flatMap(({ aheadMs }) => (aheadMs === null ? [] : [aheadMs]));
  const [furthest] = asked.sort((one, other) => Math.abs(other) - Math.abs(one));
  return furthest === undefined ? { unknown: "no server could be asked for its time" } : { aheadMs: furthest };
}

async function survey({ connections }: Configuration, documentId: string | null): Promise<Sight | Failure> {
  const { survey: configured } = connections;
  if (configured === undefined) return new Failure("USAGE", "[connections.survey] is not configured");
  const target = await resolveTarget({ environment: fileVariables(process.env), configured });
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
  const { contractProblems = ["the survey did not ask"], writerObstacles = [] } = sight.seen ?? {};
  const problems = [...contractProblems, ...writerObstacles];
  return problems.length === 0 ? "holds" : { wrong: problems.join("; ") };
}

/** What another database than the run's holds says nothing of it. */
function documentOf(run: RunRecord | null, sight: Sight | Failure): Condition["document"] {
  if (run === null) return { unknown: "no live run waits for SG1" };
  if (sight instanceof Failure) return { unknown: `not looked at: ${sight.code}: ${sight.message}` };
  const { target, units } = sight.document.survey;
  const isSame = canonicalJson(run.target) === canonicalJson({ ...target });
  const [planned, seen] = [targetWords(run.target as TargetIdentity), targetWords(target)];
  if (isSame) return { documentId: run.documentId, units: units.length };
  return { unknown: `the run was planned for ${planned}, and the survey leads to ${seen}` };
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
