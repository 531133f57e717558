/**
 * restore: the dump becomes the throwaway database: roles first, then tables and rows, then what is in them compared.
 *
 * Everything that pg_restore says is kept: a notice that is not listed fails the gate. A backup holds tables alone, so
 * the schema is installed as `cutter schema install` does it, its tables emptied, and the rows put in. Called by C-05.
 */
import { readContents } from "../execution/backup/contents.ts";
import { beginReading } from "../execution/backup/snapshot.ts";
import type { Target } from "../kernel/conninfo/target.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { openSession } from "../kernel/session/open.ts";
import type { Session } from "../kernel/session/session.ts";
import { installSchema } from "../schema/install.ts";
import type { Restored } from "./gates/server.ts";
import { FIRST_DATABASE, type RunningServer, SUPERUSER } from "./providers/provider.ts";
import { countRestored } from "./restored-rows.ts";
import { makeMemberships } from "./roles-made.ts";
import { known, type Sandbox } from "./sandbox.ts";
import type { Source } from "./sources/source.ts";
import { DATABASE, RESTORE_WORDS } from "./words.ts";

export async function restoreDump(sandbox: Sandbox): Promise<Restored | Failure> {
  const [server, source] = [known(sandbox.server, "server"), known(sandbox.source, "source")];
  const prepared = await prepare(sandbox, server, source);
  if (prepared !== null) return prepared;
  const login = { role: SUPERUSER, database: DATABASE };
  const pgRestore = server.client("pg_restore", login);
  if (pgRestore === null) return new Failure("SANDBOX_PROVIDER_UNAVAILABLE", `${server.provider} has no pg_restore`);
  const ended = await sandbox.processes.run({
    command: [...pgRestore.command, ...RESTORE_WORDS[source.kind], `--dbname=${DATABASE}`],
    environment: pgRestore.environment,
    input: known(source.dump, "dump"),
    timeoutMs: limits.backupTimeoutMs,
  });
  const notices = ended.stderr.split("\n").filter((line) => line.trim() !== "");
  const failure = ended.code === 0 ? null : `${ended.signal ?? `exit code ${ended.code}`}: ${notices[0] ?? ""}`;
  const dumped = source.contents;
  if (failure !== null) return { failure, notices, dumped, restored: [], tables: [] };
  const held = await heldBy(server.target(login), source);
  return held instanceof Failure ? held : { failure, notices, dumped, ...held };
}

async function prepare(sandbox: Sandbox, server: RunningServer, source: Source): Promise<Failure | null> {
  const first = await openSession(server.target({ role: SUPERUSER, database: FIRST_DATABASE }), { label: "sandbox" });
  if (first instanceof Failure) return first;
  const granted = await giveMemberships(sandbox, { session: first, source });
  const made =
    granted ??
    (await all(first, [
      `CREATE DATABASE ${DATABASE} TEMPLATE template0 ENCODING '${encodingOf(source)}' LC_COLLATE 'C' LC_CTYPE 'C'`,
    ]));
  await first.close();
  if (made !== null || source.kind !== "backup") return made;
  sandbox.journal.note("server", "the schema is installed, since a backup holds none");
  const session = await openSession(server.target({ role: SUPERUSER, database: DATABASE }), { label: "sandbox" });
  if (session instanceof Failure) return session;
  const installed = await installSchema(session, { reference: "omit" });
  const emptied =
    installed instanceof Failure
      ? installed
      : await all(session, [`TRUNCATE ${source.contents.map(({ relation }) => relation).join(", ")}`]);
  await session.close();
  return emptied;
}

type Giving = { readonly session: Session; readonly source: Source };

async function giveMemberships(sandbox: Sandbox, { session, source: { roles } }: Giving): Promise<Failure | null> {
  const created = await all(session, roles.create);
  if (created !== null) return created;
  const made = await makeMemberships(session, roles.memberships);
  if (made instanceof Failure) return made;
  const leftOut = roles.database.map((what) => `${what}: the throwaway database lets every role of the sandbox in`);
  sandbox.made.push(made, { copied: [], leftOut });
  return null;
}

/** It becomes part of a statement. */
function encodingOf({ encoding }: Source): string {
  if (/^[A-Za-z0-9_]+$/.test(encoding)) return encoding;
  throw new Error(`${encoding} is not the name of an encoding`);
}

async function all(session: Session, statements: readonly string[]): Promise<Failure | null> {
  for (const statement of statements) {
    const reply = await session.query(statement, [], { wallClockMs: limits.sandboxStartTimeoutMs });
    if (reply instanceof Failure) return new Failure("SANDBOX_RESTORE_FAILED", reply.message, { cause: reply });
  }
  return null;
}

type Held = Pick<Restored, "restored" | "tables">;

/** In one snapshot: what a cut can write by its digest, and of every table of the dump how many rows it has. */
async function heldBy(target: Target, source: Source): Promise<Held | Failure> {
  const session = await openSession(target, { label: "sandbox" });
  if (session instanceof Failure) return session;
  const held = await readHeld(session, source);
  await session.close();
  return held;
}

async function readHeld(session: Session, { contents, dumpedRows }: Source): Promise<Held | Failure> {
  const relations = contents.map(({ relation }) => relation);
  const restored = (await beginReading(session)) ?? (await readContents(session, relations));
  if (restored instanceof Failure) return restored;
  const tables = await countRestored(session, dumpedRows);
  return tables instanceof Failure ? tables : { restored, tables };
}
