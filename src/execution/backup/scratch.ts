/**
 * backup/scratch: restores a decrypted backup into a database made for it, and compares what is there then.
 *
 * The database has a name that nobody else can have, is made from template0 and dropped in every case. Tables and rows
 * are restored; indexes, constraints and triggers are not built, since what they call may be missing there. Called by
 * verify.ts, only with an archive whose digest was found right.
 */
import { randomBytes } from "node:crypto";
import { childEnvironment } from "../../kernel/conninfo/child-environment.ts";
import type { ServerTarget } from "../../kernel/conninfo/target.ts";
import { Failure, joinFailure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { openSession } from "../../kernel/session/open.ts";
import type { Session } from "../../kernel/session/session.ts";
import { readContents } from "./contents.ts";
import { type BackupManifest, damaged } from "./manifest.ts";
import { beginReading } from "./snapshot.ts";
import { readOutput, startTool } from "./tool.ts";

export type Restoring = {
  /** Where the database is made: any database of a server, as a role that may create databases. */
  readonly target: ServerTarget;
  readonly plain: string;
  readonly manifest: BackupManifest;
  readonly pgRestore: readonly string[];
  /** Told the name of the database before it is made: a process that is killed leaves it. */
  readonly tell: (sentence: string) => Promise<void>;
};

/** null where each relation holds as many rows as when it was dumped, and the same. */
export async function restoreIntoScratch(restoring: Restoring): Promise<Failure | null> {
  const session = await openSession(restoring.target, { label: "restore" });
  if (session instanceof Failure) return session;
  try {
    const name = `cutter_scratch_${randomBytes(8).toString("hex")}`;
    const { encoding } = restoring.manifest;
    if (!/^[A-Za-z0-9_]+$/.test(encoding)) return damaged(`${encoding} is not the name of an encoding`);
    await restoring.tell(`making the scratch database ${name}, which is dropped again`);
    const made = await session.query(
      `CREATE DATABASE ${name} TEMPLATE template0 ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'`,
      [],
      { wallClockMs: limits.backupTimeoutMs },
    );
    if (made instanceof Failure) return made;
    const found = await compareIn({ ...restoring, target: { ...restoring.target, database: name } });
    return joined(found, await drop(session, name));
  } finally {
    await session.close();
  }
}

function joined(found: Failure | null, undropped: Failure | null): Failure | null {
  return found === null ? undropped : joinFailure(found, undropped ?? undefined);
}

async function drop(session: Session, name: string): Promise<Failure | null> {
  const dropped = await session.query(`DROP DATABASE ${name} WITH (FORCE)`);
  if (!(dropped instanceof Failure)) return null;
  return new Failure(dropped.code, `the scratch database ${name} could not be dropped: ${dropped.message}`, {
    data: `Only the scratch database ${name}, which was made for this, is left; drop it by hand.`,
    cause: dropped,
  });
}

async function compareIn(restoring: Restoring): Promise<Failure | null> {
  const session = await openSession(restoring.target, { label: "restore" });
  if (session instanceof Failure) return session;
  try {
    return (await prepare(session, restoring)) ?? (await restore(restoring)) ?? (await compare(session, restoring));
  } finally {
    await session.close();
  }
}

/** A dump of tables holds no schema. */
async function prepare(session: Session, { manifest }: Restoring): Promise<Failure | null> {
  if (!manifest.relations.some(({ relation }) => relation.startsWith("cutter_governance."))) return null;
  const made = await session.query("CREATE SCHEMA cutter_governance");
  return made instanceof Failure ? made : null;
}

async function restore({ target, plain, pgRestore }: Restoring): Promise<Failure | null> {
  const words = ["--no-password", "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"];
  const sections = ["--section=pre-data", "--section=data", `--dbname=${target.database}`, plain];
  const tool = startTool({
    command: [...pgRestore, ...words, ...sections],
    environment: childEnvironment(target, process.env),
  });
  const late = setTimeout(tool.kill, limits.backupTimeoutMs);
  tool.end();
  // It says nothing of use there, and would wait for somebody to read it.
  await readOutput(tool, () => {});
  const reason = await tool.ended;
  clearTimeout(late);
  return reason === null ? null : damaged(`it cannot be restored: ${reason}`);
}

async function compare(session: Session, { manifest }: Restoring): Promise<Failure | null> {
  const begun = await beginReading(session);
  if (begun !== null) return begun;
  const relations = manifest.relations.map(({ relation }) => relation);
  if (relations.some((relation) => !RELATION.test(relation))) return damaged("the manifest names no relation");
  const contents = await readContents(session, relations);
  if (contents instanceof Failure) return contents;
  for (const [index, { relation, rows, contentSha256 }] of contents.entries()) {
    const dumped = manifest.relations[index];
    if (rows !== dumped?.rows) return damaged(`${relation} has ${rows} rows restored, and ${dumped?.rows} were dumped`);
    if (contentSha256 !== dumped.content_sha256) return damaged(`${relation} holds other rows than were dumped`);
  }
  return null;
}

/** As format('%I.%I') writes one: it becomes part of a statement. */
const RELATION = /^(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)\.(?:"(?:[^"]|"")+"|[a-z_][a-z0-9_$]*)$/;
