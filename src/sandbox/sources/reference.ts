/**
 * sources/reference: a stand-in for production: a server of its own from a fresh initdb, with the reference database.
 *
 * Never a copy of a template, which would share its system identifier. Loaded by the same code as `cutter schema
 * install --reference`, then dumped like any production; from then on it is only read, and its own log says so. Called
 * by C-03.
 */
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { openSession } from "../../kernel/session/open.ts";
import { installSchema } from "../../schema/install.ts";
import { LOG_SETTINGS, loginsIn, logLength, parseLog, readLog } from "../measure/server-log.ts";
import { FIRST_DATABASE, type RunningServer, SUPERUSER } from "../providers/provider.ts";
import type { Sandbox } from "../sandbox.ts";
import { type DatabaseParts, dumpDatabase, openReading, sessionNames, stateOf } from "./database.ts";
import type { Seen, Source } from "./source.ts";
import { askRuns } from "./watch.ts";

const DATABASE = "reference";

/** Nobody but us writes there, so that what it holds can be compared to the last row; autovacuum writes too. */
const SETTINGS = { ...LOG_SETTINGS, autovacuum: "off" };

export async function referenceSource(sandbox: Sandbox): Promise<Source | Failure> {
  const server = await sandbox.startServer(`${sandbox.name}-p`, "fresh", SETTINGS);
  if (server instanceof Failure) return server;
  const loaded = await load(server);
  if (loaded !== null) return loaded;
  sandbox.journal.note("server", `the reference database is loaded into ${server.name}`);
  const login = { role: SUPERUSER, database: DATABASE };
  const [pgDump, pgRestore] = [server.client("pg_dump", login), server.client("pg_restore", login)];
  const { logFile } = server;
  if (pgDump === null || pgRestore === null || logFile === null) {
    const lacks = [
      ...(pgDump === null ? ["pg_dump"] : []),
      ...(pgRestore === null ? ["pg_restore"] : []),
      ...(logFile === null ? ["server log"] : []),
    ];
    const message = `the server of the provider ${server.provider}, ${server.version}, has no ${lacks.join(", no ")}`;
    return new Failure("SANDBOX_PROVIDER_UNAVAILABLE", message, {
      hint: "Install the client programs of that version beside the server's own.",
      data: "Only the stand-in for production, which is the sandbox's own, was started; it is removed.",
    });
  }
  const parts: DatabaseParts = {
    ...{ name: sandbox.name, target: server.target(login), database: DATABASE, pgDump, pgRestore },
    ...{ processes: sandbox.processes, journal: sandbox.journal, dump: sandbox.path("dump") },
  };
  const loadedAt = logLength(logFile);
  const dumped = await dumpDatabase(parts);
  if (dumped instanceof Failure) return dumped;
  const before = await stateOf(parts, dumped.contents);
  if (before instanceof Failure) return before;
  const names = sessionNames(sandbox.name);
  return {
    ...{ ...dumped, kind: "reference", dump: parts.dump, remarks: [], before },
    line: `the reference database in a stand-in for production, PostgreSQL ${server.version}`,
    state: () => stateOf(parts, dumped.contents),
    recorded: () => [names.read, names.dump, names.look],
    watch: async () => ({ seen: (runIds) => seenSince(parts, { logFile, loadedAt, runIds }), end: async () => {} }),
  };
}

type Since = { readonly logFile: string; readonly loadedAt: number; readonly runIds: readonly string[] };

/** By its own log: nobody who came since is missing there. */
async function seenSince(parts: DatabaseParts, { logFile, loadedAt, runIds }: Since): Promise<Seen | Failure> {
  const session = await openReading(parts, sessionNames(parts.name).look);
  if (session instanceof Failure) return session;
  const runs = await askRuns(session, runIds).finally(() => session.close());
  if (runs instanceof Failure) return runs;
  const sessions = loginsIn(parseLog(readLog(logFile, loadedAt))).map(({ application }) => application);
  return { sessions, runs, how: "its own log of connections since it was loaded" };
}

async function load(server: RunningServer): Promise<Failure | null> {
  const first = await openSession(server.target({ role: SUPERUSER, database: FIRST_DATABASE }), { label: "sandbox" });
  if (first instanceof Failure) return first;
  const made = await first.query(
    `CREATE DATABASE ${DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`,
  );
  await first.close();
  if (made instanceof Failure) return made;
  const settings = { label: "sandbox", wallClockMs: limits.sandboxStartTimeoutMs };
  const session = await openSession(server.target({ role: SUPERUSER, database: DATABASE }), settings);
  if (session instanceof Failure) return session;
  const installed = await installSchema(session, { reference: "load" });
  await session.close();
  return installed instanceof Failure ? installed : null;
}
