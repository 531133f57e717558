/**
 * backup/scratch: restores a decrypted backup into a database made for it, and compares what is there then.
 *
 * Tables and rows are restored; indexes, constraints and triggers are not built, since what they call may be missing
 * there. That it could not be restored is not said to be damage: a dump of tables holds no types and no functions.
 * Called by verify.ts, only with an archive whose digest was found right.
 */
import { childEnvironment } from "../../kernel/conninfo/child-environment.ts";
import { describeTarget } from "../../kernel/conninfo/describe.ts";
import type { ServerTarget } from "../../kernel/conninfo/target.ts";
import { Failure, joinFailure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Observer } from "../../kernel/observer.ts";
import { openSession } from "../../kernel/session/open.ts";
import type { Session } from "../../kernel/session/session.ts";
import { readContents } from "./contents.ts";
import { type BackupManifest, damaged } from "./manifest.ts";
import type { PlainFile } from "./plain-file.ts";
import { toolFailed } from "./refusal.ts";
import { dropLeftScratches, makeScratch, scratchName } from "./scratch-database.ts";
import { beginReading } from "./snapshot.ts";
import { readOutput, startTool } from "./tool.ts";

export type Restoring = {
  /** Where the database is made: any database of a server, as a role that may create databases. */
  readonly target: ServerTarget;
  readonly plain: PlainFile;
  readonly manifest: BackupManifest;
  readonly pgRestore: readonly string[];
  /** Told the name of the database before it is made: a process that is killed leaves it. */
  readonly tell: (sentence: string) => Promise<void>;
  /** Told how far the comparison is: `unfailing`. */
  readonly observe?: Observer | undefined;
};

/** null where each relation holds as many rows as when it was dumped, and the same. */
export async function restoreIntoScratch(restoring: Restoring): Promise<Failure | null> {
  const { target, manifest, tell } = restoring;
  const { encoding } = manifest;
  if (!/^[A-Za-z0-9_]+$/.test(encoding)) return damaged(`${encoding} is not the name of an encoding`);
  const session = await openSession(target, { label: "restore" });
  if (session instanceof Failure) return session;
  try {
    const left = await dropLeftScratches(session);
    if (left instanceof Failure) return left;
    for (const sentence of left) await tell(sentence);
    const name = scratchName();
    await tell(`making the scratch database ${name}, which is dropped again`);
    const scratch = await makeScratch(name, { session, target, encoding });
    if (scratch instanceof Failure) return scratch;
    const found = await compareIn({ ...restoring, target: { ...target, database: name } });
    const undropped = await scratch.drop();
    if (found === null || undropped !== null) return found === null ? undropped : joinUndropped(found, undropped);
    return withData(found, `The scratch database ${name} was made on ${describeTarget(target)}, and dropped again.`);
  } finally {
    await session.close();
  }
}

function joinUndropped(found: Failure, undropped: Failure | null): Failure {
  if (undropped === null) return found;
  return withData(joinFailure(found, undropped), undropped.data);
}

/** What the archive was used for has to be in the answer. */
function withData({ code, message, hint, facts, cause }: Failure, data: string): Failure {
  return new Failure(code, message, { hint, facts, cause, data: `${data} No other database was changed.` });
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
  const sections = ["--section=pre-data", "--section=data", `--dbname=${target.database}`];
  const tool = startTool({
    command: [...pgRestore, ...words, ...sections],
    environment: childEnvironment(target, process.env),
  });
  const late = setTimeout(tool.kill, limits.backupTimeoutMs);
  // It says nothing of use there, and would wait for somebody to read it.
  const [unread] = await Promise.all([plain.feed(tool), readOutput(tool, () => {})]);
  const reason = await tool.ended;
  clearTimeout(late);
  if (unread !== null || reason === null) return unread;
  if (tool.start() === "failed") return toolFailed(reason);
  const whole = "the archive was read to its end and fits its manifest";
  return new Failure("BACKUP_NOT_RESTORED", `${whole}; it could not be restored here: ${reason}`);
}

async function compare(session: Session, { manifest, observe }: Restoring): Promise<Failure | null> {
  const begun = await beginReading(session);
  if (begun !== null) return begun;
  const relations = manifest.relations.map(({ relation }) => relation);
  if (relations.some((relation) => !RELATION.test(relation))) return damaged("the manifest names no relation");
  const contents = await readContents(session, relations, observe);
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
