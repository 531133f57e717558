/**
 * steps/verify: C-10 and C-11: the scenarios between two counts, and then everything that can be asked of what they
 * left.
 *
 * Each gate is judged by what the server, the kernel or the files say now, never by what a scenario remembers. Called
 * by run.ts, in the order of the table.
 */

import { timestamp } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { openSession } from "../../kernel/session/open.ts";
import { COMMANDS } from "../commands.ts";
import { G19, G20, G21, G22, type Logged } from "../gates/conduct.ts";
import { matrixSize } from "../gates/list.ts";
import { G14, G15, G16, G17, G18, type RowChange, type SecretSearch, type Untouched } from "../gates/verification.ts";
import {
  countTables,
  PHASE_ORDER,
  readCourse,
  readInventory,
  readOpenTransactions,
  readRoleLimits,
  readRuns,
} from "../measure/database.ts";
import { placesIn, placesOfConfiguration } from "../measure/places.ts";
import { readPrivileges } from "../measure/privileges.ts";
import { type Searched, searchTree } from "../measure/search-tree.ts";
import { searchServer } from "../measure/server-files.ts";
import { peakSessions } from "../measure/server-log.ts";
import { FIRST_DATABASE, SUPERUSER } from "../providers/provider.ts";
import { type RowDelta, RUNS } from "../rows.ts";
import { runScenarios } from "../run-scenarios.ts";
import { known, type Sandbox } from "../sandbox.ts";
import { orServerEnded } from "../server-ended.ts";
import { withAdministrator } from "../sessions.ts";
import { sessionNames } from "../sources/database.ts";
import { runsOnDisk } from "../stage/desk.ts";
import { Stage } from "../stage/stage.ts";
import { DATABASE } from "../words.ts";
import { directoriesOf, productionKind } from "./before.ts";
import { checkHost } from "./build.ts";

const LOGIN = { role: SUPERUSER, database: DATABASE };

/** C-10. What came of each is in the results: a scenario that fails stops nothing. */
export async function playScenarios(sandbox: Sandbox): Promise<Failure | null> {
  const watch = await known(sandbox.source, "source").watch();
  if (watch instanceof Failure) return watch;
  sandbox.watch = watch;
  const server = known(sandbox.server, "server");
  const before = await withAdministrator(sandbox, LOGIN, countTables);
  if (before instanceof Failure) return orServerEnded(server, before);
  const predicted = await runScenarios(new Stage(sandbox));
  const after = await withAdministrator(sandbox, LOGIN, countTables);
  if (after instanceof Failure) return orServerEnded(server, after);
  sandbox.rows = changes(before, after, predicted);
  return null;
}

type Counts = ReadonlyMap<string, number>;

/** A table that came or went is counted as 0 there; one that was only predicted stands there too. */
export function changes(before: Counts, after: Counts, predicted: RowDelta): readonly RowChange[] {
  const relations = [...new Set([...before.keys(), ...after.keys(), ...Object.keys(predicted)])].sort();
  return relations.map((relation) => ({
    ...{ relation, before: before.get(relation) ?? 0, after: after.get(relation) ?? 0 },
    predicted: predicted[relation] ?? 0,
  }));
}

/** C-11. */
export async function verifyAll(sandbox: Sandbox): Promise<Failure | null> {
  const { gates, rows, results, journal } = sandbox;
  sandbox.reached = "verification";
  journal.note("look", "catalog, rows, privileges, sessions, logs, secrets; production, read-only");
  const asked = <T>(work: Parameters<typeof withAdministrator<T>>[2]) => withAdministrator(sandbox, LOGIN, work);
  await checkHost(sandbox);
  await gates.judge(G14, () => asked(readInventory));
  const predicting = results.filter(({ judged }) => judged.verdict === "PASS").length;
  await gates.judge(G15, () => ({ rows, scenarios: predicting }));
  await gates.judge(G16, async () => {
    const now = await asked(readPrivileges);
    if (now instanceof Failure) return now;
    return { first: known(sandbox.privileges, "privileges"), now, size: matrixSize() };
  });
  await gates.judge(G17, () => untouched(sandbox));
  await gates.judge(G18, () => searchSecrets(sandbox));
  await gates.judge(G20, () => asked(readOpenTransactions));
  await gates.judge(G21, async () => {
    const roles = await asked((session) => readRoleLimits(session, peaksOf(sandbox)));
    return roles instanceof Failure ? roles : { roles, cuts: sandbox.log?.cuts ?? [] };
  });
  await gates.judge(G22, async () => {
    const runs = await asked((session) => readCourse(session, sandbox.startedAt));
    if (runs instanceof Failure) return runs;
    const spans = results.map(({ judged, startedMs, endedMs }) => ({ name: judged.id, startedMs, endedMs }));
    return { spans, runs, order: PHASE_ORDER, from: sandbox.startedAt, to: timestamp() };
  });
  await gates.judge(G19, () => logged(sandbox));
  return null;
}

function logged({ journal, results, started }: Sandbox): Logged | Failure {
  const entries = journal.readBack();
  if (entries instanceof Failure) return entries;
  const commands = COMMANDS.map(({ id }) => id).filter((id) => id < "C-12");
  const run = results.filter(({ judged }) => judged.verdict !== "NOT RUN").map(({ judged }) => judged.id);
  return { entries, wanted: [...commands, ...run], started };
}

function peaksOf(sandbox: Sandbox): ReadonlyMap<string, number> {
  const { log } = sandbox;
  log?.look();
  return log === null ? new Map() : peakSessions(log.path);
}

async function untouched(sandbox: Sandbox): Promise<Untouched | Failure> {
  const source = known(sandbox.source, "source");
  const after = await source.state();
  if (after instanceof Failure) return after;
  const ledger = await withAdministrator(sandbox, LOGIN, (session) => readRuns(session, sandbox.startedAt));
  if (ledger instanceof Failure) return ledger;
  // A run that went to production alone is in no ledger of ours.
  const runs = [...new Set([...ledger, ...runsOnDisk(sandbox.path("states"))])];
  const seen = await known(sandbox.watch, "watch over production").seen(runs);
  if (seen instanceof Failure) return seen;
  const places = placesOf(sandbox);
  if (places instanceof Failure) return places;
  const isolation = await known(sandbox.server, "server").isolation();
  if (isolation instanceof Failure) return isolation;
  return {
    ...{ kind: productionKind(source), before: source.before, after },
    server: source.identity.server,
    ...{ recorded: source.recorded(), seen: seen.sessions, how: seen.how, runs, runsThere: seen.runs },
    runsPredicted: sandbox.rows.find(({ relation }) => relation === RUNS)?.predicted ?? 0,
    ...{ places, own: ownDirectories(sandbox) },
    // Of the reference database all code is this program's.
    waysOut: source.kind === "reference" ? [] : isolation.waysOut,
  };
}

/** Of the configurations as they lie on disk, and of all that the scenarios' processes were told. */
function placesOf({ staged, processes }: Sandbox): readonly string[] | Failure {
  const { configuration, bare } = known(staged, "stage");
  const configured = [configuration, bare].map(placesOfConfiguration);
  const failed = configured.find((places) => places instanceof Failure);
  if (failed instanceof Failure) return failed;
  return [...(configured as (readonly string[])[]).flat(), ...processes.commandLines.flatMap(placesIn)];
}

/** Not those of the stand-in for production. */
function ownDirectories({ server, temporary }: Sandbox): readonly string[] {
  const made = known(server, "server").owned();
  const directories = made.flatMap((resource) => (resource.kind === "directory" ? [resource.path] : []));
  return [...directories, known(temporary, "temporary directory")];
}

async function searchSecrets(sandbox: Sandbox): Promise<SecretSearch | Failure> {
  const { secrets, processes, homes } = sandbox;
  const within = await searchContainers(sandbox);
  if (within instanceof Failure) return within;
  const roots = directoriesOf(sandbox);
  const trees: Searched[] = [];
  for (const root of roots) trees.push(await searchTree(root, { secrets, homes: new Set(homes) }));
  trees.push(...within);
  const lines = processes.commandLines;
  const told = lines.flatMap((line) =>
    secrets.in(line).map((name) => `${name} in the words or the environment of a process`),
  );
  return {
    planted: secrets.count,
    searched: [
      ...roots.map((root, index) => `${trees[index]?.files} files below ${root}`),
      ...within.map(({ files }) => `${files} files of a server in a container`),
      `${lines.length} command lines with their environments`,
    ],
    bytes: [...trees.map(({ bytes }) => bytes), ...lines.map((line) => line.length)].reduce((sum, one) => sum + one, 0),
    found: [...trees.flatMap(({ found }) => found), ...told],
    unread: trees.flatMap(({ unread }) => unread),
    homes,
  };
}

/** One in a container has its data in the container's memory: it is asked itself, under a name that is recorded. */
async function searchContainers({ servers, secrets, name }: Sandbox): Promise<readonly Searched[] | Failure> {
  const searched: Searched[] = [];
  for (const server of servers.filter(({ provider }) => provider === "docker")) {
    const target = server.target({ role: SUPERUSER, database: FIRST_DATABASE });
    const named = target.kind === "server" ? { ...target, applicationName: sessionNames(name).look } : target;
    const session = await openSession(named, { label: "sandbox" });
    if (session instanceof Failure) return session;
    const found = await searchServer(session, secrets).finally(() => session.close());
    if (found instanceof Failure) return found;
    searched.push(found);
  }
  return searched;
}
