/**
 * sources/database: a fresh dump of a database that is there, taken in one read-only snapshot, and what is asked of it.
 *
 * The snapshot counts and digests what a cut can write, pg_dump reads in it, and the dump is read back to its end
 * before it counts. Every session is read-only and has a name of the sandbox. Called by reference.ts and live.ts.
 */
import { createReadStream, rmSync } from "node:fs";
import productionState from "../../../sql/sandbox/production-state.sql" with { type: "text" };
import { countsOf, findRelations, readContents } from "../../execution/backup/contents.ts";
import { CopyRows, rowsDiffer } from "../../execution/backup/copy-rows.ts";
import { beginReading, takeSnapshot } from "../../execution/backup/snapshot.ts";
import { readOutput, startTool, type Tool } from "../../execution/backup/tool.ts";
import type { Target } from "../../kernel/conninfo/target.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { inspectSession } from "../../kernel/rollback-only/identity.ts";
import { openSession } from "../../kernel/session/open.ts";
import type { Session } from "../../kernel/session/session.ts";
import type { Identity, Reading } from "../gates/before.ts";
import type { Contents } from "../gates/server.ts";
import type { ProductionState } from "../gates/verification.ts";
import type { Journal } from "../journal.ts";
import type { Processes } from "../processes.ts";
import type { ClientProgram } from "../providers/provider.ts";
import type { DumpedRows } from "../restored-rows.ts";
import { DUMP_WORDS } from "../words.ts";
import { dumpFailure } from "./dump-failure.ts";
import { type ForeignRoles, readForeignRoles } from "./foreign-roles.ts";
import { type DumpSeen, readingOf, watchDump } from "./reading.ts";

export type DatabaseParts = {
  /** Of the sandbox: each session there bears it. */
  readonly name: string;
  readonly target: Target;
  /** The one that the target names: pg_dump may run where nothing of our environment is. */
  readonly database: string;
  readonly pgDump: ClientProgram;
  readonly pgRestore: ClientProgram;
  readonly processes: Processes;
  readonly journal: Journal;
  /** Absolute path, not there yet. */
  readonly dump: string;
};

export type Dumped = {
  readonly identity: Identity;
  readonly reading: Reading;
  readonly contents: readonly Contents[];
  readonly dumpedRows: DumpedRows;
  readonly encoding: string;
  readonly roles: ForeignRoles;
};

/** A hot standby begins no serializable transaction, whatever is the default of the role that asks. */
const READING = { default_transaction_read_only: "on", default_transaction_isolation: "read committed" } as const;

/** Names of the sessions on production, and of those of the scenarios, which never come there. */
export function sessionNames(name: string) {
  return { read: `${name} read`, dump: `${name} dump`, look: `${name} look`, scenario: `${name} scenario` } as const;
}

export async function dumpDatabase(parts: DatabaseParts): Promise<Dumped | Failure> {
  const { name, journal } = parts;
  const session = await openReading(parts, sessionNames(name).read);
  if (session instanceof Failure) return session;
  try {
    const identity = await identityOf(session);
    if (identity instanceof Failure) return identity;
    const there = await findRelations(session);
    if (there instanceof Failure) return nothingThere(there);
    const roles = await readForeignRoles(session);
    if (roles instanceof Failure) return roles;
    const snapshot = await takeSnapshot(session);
    if (snapshot instanceof Failure) return snapshot;
    journal.note("look", `production: ${snapshot.contents.length} relations in snapshot ${snapshot.name}`);
    const { done, seen } = await dumpSeen(parts, session, snapshot.name);
    const dumpedRows = done ?? (await readBack(parts, countsOf(snapshot.contents)));
    if (dumpedRows instanceof Failure) return dumpedRows;
    const reading = seen instanceof Failure ? seen : await readingOf(session, seen);
    if (reading instanceof Failure) return reading;
    return { identity, reading, roles, contents: snapshot.contents, dumpedRows, encoding: snapshot.encoding };
  } finally {
    await session.close();
  }
}

/** Again where it was over before anybody looked: of what nobody saw it is not shown that it only read. */
async function dumpSeen(parts: DatabaseParts, session: Session, snapshot: string) {
  const once = () => watchDump(session, sessionNames(parts.name).dump, () => writeDump(parts, snapshot));
  let dumped = await once();
  for (let attempt = 1; attempt < limits.sandboxDumpAttempts && isUnseen(dumped); attempt += 1) {
    rmSync(parts.dump);
    dumped = await once();
  }
  return dumped;
}

function isUnseen({ done, seen }: { readonly done: Failure | null; readonly seen: DumpSeen | Failure }): boolean {
  return done === null && !(seen instanceof Failure) && seen.looks === 0;
}

/** A backup looks for the same, but would speak of a run. */
function nothingThere(failure: Failure): Failure {
  if (failure.code !== "STOP_BACKUP_REFUSED") return failure;
  return new Failure("OBJECT_MISSING", `no sandbox can be made from this database: ${failure.message}`, {
    hint: "Check the name of the database: cutter schema verify lists what differs, cutter schema install mends it.",
    data: "The database was read at most; no throwaway server was started for it.",
    cause: failure,
  });
}

/** Read-only, whatever the role may do, and under a name of the sandbox. */
export async function openReading({ target, journal }: Pick<DatabaseParts, "target" | "journal">, called: string) {
  const end = journal.begin({ kind: "session", what: `production, read-only, as ${called}` });
  const named: Target = target.kind === "server" ? { ...target, applicationName: called } : target;
  const session = await openSession(named, { label: "sandbox", parameters: READING });
  end(session instanceof Failure ? session.code : "open");
  return session;
}

async function identityOf(session: Session): Promise<Identity | Failure> {
  const inspected = await inspectSession(session);
  if (inspected instanceof Failure) return inspected;
  const { systemIdentifier, timeline, database, inRecovery } = inspected;
  return { systemIdentifier, timeline, database, server: inRecovery ? "standby" : "primary" };
}

/** What goes by argument names no password: the place and the login are in the environment. */
async function writeDump(parts: DatabaseParts, snapshot: string): Promise<Failure | null> {
  const { name, database, pgDump, processes, dump } = parts;
  const quoted = (value: string): string => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const place = [`dbname=${quoted(database)}`, `application_name=${quoted(sessionNames(name).dump)}`];
  const reading = Object.entries(READING).map(([setting, value]) => `-c ${setting}=${value.replaceAll(" ", "\\ ")}`);
  const options = `options=${quoted([pgDump.environment.PGOPTIONS ?? "", ...reading].join(" ").trim())}`;
  const words = [...DUMP_WORDS, `--snapshot=${snapshot}`, [...place, options].join(" ")];
  const ended = await processes.run({
    command: [...pgDump.command, ...words],
    environment: pgDump.environment,
    output: dump,
    timeoutMs: limits.backupTimeoutMs,
  });
  return ended.code === 0 ? null : dumpFailure(ended);
}

/** Rows of all its tables. One that breaks off is listed by pg_restore as if it were whole: only reading it tells. */
async function readBack(
  { pgRestore, dump }: Pick<DatabaseParts, "pgRestore" | "dump">,
  counted: Readonly<Record<string, number>>,
): Promise<DumpedRows | Failure> {
  const tool = startTool({ command: [...pgRestore.command, "--file=-"], environment: pgRestore.environment });
  const late = setTimeout(tool.kill, limits.backupTimeoutMs);
  const rows = new CopyRows();
  await Promise.all([readOutput(tool, (piece) => rows.add(piece)), feed(tool, dump)]);
  const reason = await tool.ended;
  clearTimeout(late);
  if (reason !== null) return new Failure("SANDBOX_DUMP_BROKEN", `the dump cannot be read to its end: ${reason}`);
  const found = rows.end();
  const own = found === null ? null : Object.fromEntries(Object.entries(found).filter(([name]) => name in counted));
  const wrong = rowsDiffer(counted, own);
  return wrong === null && found !== null
    ? found
    : new Failure("SANDBOX_DUMP_BROKEN", `the dump was read back: ${wrong}`);
}

async function feed(tool: Tool, path: string): Promise<void> {
  for await (const piece of createReadStream(path, { highWaterMark: limits.digestChunkBytes })) {
    if ((await tool.write(piece as Buffer)) === "ended") break;
  }
  tool.end();
}

/** `contents`: where nobody else writes, what the relations hold is compared too. */
export async function stateOf(
  parts: Pick<DatabaseParts, "name" | "target" | "journal">,
  contents: readonly Contents[],
): Promise<ProductionState | Failure> {
  const session = await openReading(parts, sessionNames(parts.name).look);
  if (session instanceof Failure) return session;
  try {
    const identity = await identityOf(session);
    if (identity instanceof Failure) return identity;
    const reply = await session.query(productionState);
    if (reply instanceof Failure) return reply;
    const { started_at: startedAt, written } = reply.rows[0] ?? {};
    const { systemIdentifier, timeline } = identity;
    const known = { systemIdentifier, timeline, startedAt: startedAt ?? null };
    if (contents.length === 0) return { ...known, contents: [], written: null };
    const begun = await beginReading(session);
    if (begun !== null) return begun;
    const now = await readContents(
      session,
      contents.map(({ relation }) => relation),
    );
    if (now instanceof Failure) return now;
    return { ...known, contents: now.map(lineOf), written: written === null ? null : Number(written) };
  } finally {
    await session.close();
  }
}

function lineOf({ relation, rows, contentSha256 }: Contents): string {
  return `${relation}: ${rows} rows, ${contentSha256}`;
}

export function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "it said nothing";
}
