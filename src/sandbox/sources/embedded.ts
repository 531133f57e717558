/**
 * sources/embedded: a stand-in for production inside this program: the reference database as it was built in.
 *
 * An engine of its own that is only read, in read-only sessions, and keeps what it holds: a row that changed there
 * would be seen. It has no dump, and no log that would say who came. Called by C-03 of the embedded engine.
 */
import { findRelations, readContents } from "../../execution/backup/contents.ts";
import { beginReading } from "../../execution/backup/snapshot.ts";
import { Failure } from "../../kernel/failure.ts";
import { inspectSession } from "../../kernel/rollback-only/identity.ts";
import type { Session } from "../../kernel/session/session.ts";
import type { Difference } from "../../schema/compare.ts";
import type { Identity } from "../gates/before.ts";
import type { SessionReading } from "../gates/embedded.ts";
import type { Contents } from "../gates/server.ts";
import { readRightDifferences } from "../measure/privileges.ts";
import { FIRST_DATABASE, SUPERUSER } from "../providers/provider.ts";
import type { Sandbox } from "../sandbox.ts";
import { openReading, sessionNames, stateOf } from "./database.ts";
import { NO_FOREIGN_ROLES } from "./foreign-roles.ts";
import type { Source } from "./source.ts";

/** What it is, and how it was read. */
export async function embeddedSource(sandbox: Sandbox): Promise<Found | Failure> {
  const { name, journal } = sandbox;
  const server = await sandbox.startServer(`${name}-p`, "may be cloned", {});
  if (server instanceof Failure) return server;
  const parts = { name, journal, target: server.target({ role: SUPERUSER, database: FIRST_DATABASE }) };
  const names = sessionNames(name);
  const session = await openReading(parts, names.read);
  if (session instanceof Failure) return session;
  const read = await readAll(session).finally(() => session.close());
  if (read instanceof Failure) return read;
  const before = await stateOf(parts, read.contents);
  if (before instanceof Failure) return before;
  const { reading, identity, contents, differences } = read;
  const source: Source = {
    ...{
      kind: "reference",
      identity,
      contents,
      dumpedRows: {},
      reading: null,
      dump: null,
      encoding: "UTF8",
      roles: { ...NO_FOREIGN_ROLES, differences },
      remarks: [],
      before,
    },
    line: `the reference database in a stand-in for production inside this program, PostgreSQL ${server.version}`,
    state: () => stateOf(parts, read.contents),
    recorded: () => [names.read, names.look],
    watch: async () => ({
      seen: async () => new Failure("SANDBOX_PROVIDER_UNAVAILABLE", "the stand-in writes no log of who came"),
      end: async () => {},
    }),
  };
  return { source, reading };
}

type Found = { readonly source: Source; readonly reading: SessionReading };

type Read = {
  readonly identity: Identity;
  readonly reading: SessionReading;
  readonly contents: readonly Contents[];
  readonly differences: readonly Difference[];
};

async function readAll(session: Session): Promise<Read | Failure> {
  const inspected = await inspectSession(session);
  if (inspected instanceof Failure) return inspected;
  const differences = await readRightDifferences(session);
  if (differences instanceof Failure) return differences;
  const contents = await readRelations(session);
  if (contents instanceof Failure) return contents;
  const reading = await readingOf(session);
  if (reading instanceof Failure) return reading;
  const { systemIdentifier, timeline, database } = inspected;
  const identity = { systemIdentifier, timeline, database, server: "primary" } as const;
  return { identity, reading, contents, differences };
}

/** Of the transaction that is open. */
async function readingOf(session: Session): Promise<SessionReading | Failure> {
  const reply = await session.query(
    `SELECT pg_catalog.current_setting('transaction_read_only') AS read_only,
      pg_catalog.pg_current_xact_id_if_assigned() AS xid`,
  );
  if (reply instanceof Failure) return reply;
  const { read_only: readOnly, xid } = reply.rows[0] ?? {};
  return { transactionReadOnly: readOnly ?? "unknown", transactionIds: xid === null || xid === undefined ? [] : [xid] };
}

/** Of every relation that a cut can write, in one read-only transaction, which stays open. */
export async function readRelations(session: Session): Promise<readonly Contents[] | Failure> {
  const begun = await beginReading(session);
  if (begun !== null) return begun;
  const relations = await findRelations(session);
  return relations instanceof Failure ? relations : readContents(session, relations);
}
