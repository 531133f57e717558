/**
 * backup/scratch-database: a database that is made to restore a backup into, and is dropped whatever happens.
 *
 * Its name is one that nobody else gives, and a comment on it says which process made it. A signal drops it on a
 * session of its own; one that SIGKILL left is dropped by the next restore on that server, if its process has ended
 * here. Never drops a database of any other name, or without that comment. Called by scratch.ts.
 */
import { randomBytes } from "node:crypto";
import { sleep } from "../../kernel/clock.ts";
import type { ServerTarget } from "../../kernel/conninfo/target.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { fateOf, MARK_PATTERN, ownMark } from "../../kernel/private-files/process-mark.ts";
import { openSession } from "../../kernel/session/open.ts";
import { beforeEnd } from "../../kernel/session/registry.ts";
import type { Session } from "../../kernel/session/session.ts";

export type Scratch = {
  readonly name: string;
  /** DROP DATABASE …, for a person. */
  readonly command: string;
  readonly drop: () => Promise<Failure | null>;
};

const PREFIX = "cutter_scratch_";
const COMMENT = "made by cutter to restore a backup into; process ";
const MADE_BY = new RegExp(`^${COMMENT}(${MARK_PATTERN})$`);

export function scratchName(): string {
  return `${PREFIX}${randomBytes(8).toString("hex")}`;
}

export type Making = { readonly session: Session; readonly target: ServerTarget; readonly encoding: string };

/** `encoding` was checked to be one word. What stands after a failure is dropped. */
export async function makeScratch(name: string, { session, target, encoding }: Making): Promise<Scratch | Failure> {
  const command = `DROP DATABASE ${name} WITH (FORCE)`;
  const unfinished = `The scratch database ${name} may be left: ${command}; no other database was changed.`;
  const maker = session.login.backendPid;
  const forget = beforeEnd({ unfinished, work: () => dropAtTheEnd(name, { target, maker, unfinished }) });
  const drop = async (): Promise<Failure | null> => {
    const dropped = await session.query(command, [], { wallClockMs: limits.backupTimeoutMs });
    // While a signal ends us the session is closed, and the work that was registered drops it.
    if (!(dropped instanceof Failure)) forget();
    return dropped instanceof Failure ? undropped(name, dropped) : null;
  };
  const made = await session.query(
    `CREATE DATABASE ${name} TEMPLATE template0 ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C'`,
    [],
    { wallClockMs: limits.backupTimeoutMs },
  );
  if (made instanceof Failure && session.lost() !== null) {
    return new Failure(made.code, made.message, { data: unfinished, cause: made });
  }
  if (made instanceof Failure) forget();
  if (made instanceof Failure) return made;
  const marked = await session.query(`COMMENT ON DATABASE ${name} IS '${COMMENT}${ownMark()}'`);
  if (!(marked instanceof Failure)) return { name, command, drop };
  return (await drop()) ?? marked;
}

function undropped(name: string, dropped: Failure): Failure {
  return new Failure(dropped.code, `the scratch database ${name} could not be dropped: ${dropped.message}`, {
    data: `Only the scratch database ${name}, which was made for this, is left: DROP DATABASE ${name} WITH (FORCE).`,
    cause: dropped,
  });
}

type Ending = { readonly target: ServerTarget; readonly maker: number; readonly unfinished: string };

/** The session that made it is being closed, so this needs one of its own; what it was making has to be over first. */
async function dropAtTheEnd(name: string, { target, maker, unfinished }: Ending): Promise<string> {
  const session = await openSession(target, { label: "restore", whileEnding: "opened" });
  if (session instanceof Failure) return `${unfinished} (${session.message})`;
  try {
    if ((await hasEnded(session, maker)) === "no") return unfinished;
    const dropped = await session.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    if (dropped instanceof Failure) return `${unfinished} (${dropped.message})`;
    return `The scratch database ${name} was dropped; no other database was changed.`;
  } finally {
    await session.close();
  }
}

/** Until its backend is gone a CREATE DATABASE may still come to its end. */
async function hasEnded(session: Session, pid: number): Promise<"yes" | "no"> {
  for (let waitedMs = 0; waitedMs < limits.signalCleanupMs; waitedMs += limits.scratchPollMs) {
    const seen = await session.query("SELECT 1 FROM pg_catalog.pg_stat_activity WHERE pid = $1", [`${pid}`]);
    if (seen instanceof Failure) return "no";
    if (seen.rows.length === 0) return "yes";
    await sleep(limits.scratchPollMs);
  }
  return "no";
}

const LEFT = `SELECT d.datname AS name, pg_catalog.shobj_description(d.oid, 'pg_database') AS comment
  FROM pg_catalog.pg_database AS d
  WHERE d.datname ~ '^${PREFIX}[0-9a-f]{16}$' AND pg_catalog.pg_has_role(current_user, d.datdba, 'USAGE')
  ORDER BY d.datname COLLATE pg_catalog."C"`;

/** Drops those of processes that have ended; one sentence for each that was dropped or that somebody has to look at. */
export async function dropLeftScratches(session: Session): Promise<readonly string[] | Failure> {
  const left = await session.query(LEFT);
  if (left instanceof Failure) return left;
  const sentences: string[] = [];
  for (const { name, comment } of left.rows) {
    const fate = fateOf(MADE_BY.exec(comment ?? "")?.[1] ?? "");
    if (fate === "runs") continue;
    const command = `DROP DATABASE ${name} WITH (FORCE)`;
    const dropped = fate === "ended" ? await session.query(command) : null;
    if (dropped === null) sentences.push(`the scratch database ${name} is left, of whom is not known: ${command}`);
    else if (dropped instanceof Failure) sentences.push(`the scratch database ${name} is left: ${dropped.message}`);
    else sentences.push(`dropped the scratch database ${name}, which a process left that has ended`);
  }
  return sentences;
}
