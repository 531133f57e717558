/**
 * roles-made: makes in the throwaway server what production gives its roles, and says what of it was not made.
 *
 * Memberships before the restore, settings after it, since some would stop it. The sandbox's own superuser keeps what
 * he has: he builds and looks. A value may be a secret: no statement of it is logged. Called by C-05 and C-06.
 */
import { Failure } from "../kernel/failure.ts";
import type { Session } from "../kernel/session/session.ts";
import { SUPERUSER } from "./providers/provider.ts";
import { membershipName, settingName, whyNotMember, whyNotSet } from "./sources/copied.ts";
import type { Membership, Setting } from "./sources/foreign-roles.ts";
import { DATABASE } from "./words.ts";

export type Made = {
  /** By name. */
  readonly copied: readonly string[];
  /** By name, each with why. */
  readonly leftOut: readonly string[];
};

/** For people: what a run here does not show of production. */
export function notCopied({ made }: { readonly made: readonly Made[] }): readonly string[] {
  return made.flatMap(({ leftOut }) => leftOut).map((one) => `not copied from production: ${one}`);
}

/** The first server whose memberships have options of their own. */
const OPTIONS_OF_MEMBERSHIPS = 160_000;

export async function makeMemberships(session: Session, memberships: readonly Membership[]): Promise<Made | Failure> {
  const version = session.login.serverVersionNumber;
  return makeEach(session, memberships, {
    nameOf: membershipName,
    whyNot: (one) => whyNotMember(one) ?? whyNotSaid(one, version),
    statementsOf: (one) => [grantOf(one, version)],
  });
}

/** Needs a session of its own on the restored database: it logs no statement from then on. */
export async function makeSettings(session: Session, settings: readonly Setting[]): Promise<Made | Failure> {
  if (settings.length === 0) return { copied: [], leftOut: [] };
  // Neither a statement nor what is wrong with its value; that the session ends is still logged.
  for (const quiet of ["log_statement = 'none'", "log_min_messages = 'log'"]) {
    const reply = await session.query(`SET ${quiet}`);
    if (reply instanceof Failure) return reply;
  }
  return makeEach(session, settings, { nameOf: settingName, whyNot: whyNotSet, statementsOf });
}

type Making<T> = {
  nameOf(one: T): string;
  whyNot(one: T): string | null;
  /** One after the other; where one fails, those behind it are not run. */
  statementsOf(one: T): readonly string[];
};

async function makeEach<T>(session: Session, all: readonly T[], making: Making<T>): Promise<Made | Failure> {
  const [copied, leftOut]: [string[], string[]] = [[], []];
  for (const one of all) {
    const name = making.nameOf(one);
    const why = making.whyNot(one) ?? (await refusalOf(session, making.statementsOf(one)));
    if (why instanceof Failure) return why;
    if (why === null) copied.push(name);
    else leftOut.push(`${name}: ${why}`);
  }
  return { copied, leftOut };
}

/** What the server refuses is left out; a session that is lost is a failure. Never in the server's words: see above. */
async function refusalOf(session: Session, statements: readonly string[]): Promise<string | Failure | null> {
  for (const statement of statements) {
    const reply = await session.query(statement);
    if (!(reply instanceof Failure)) continue;
    const { sqlstate } = reply.facts;
    return typeof sqlstate === "string" ? `the throwaway server refuses it (SQLSTATE ${sqlstate})` : reply;
  }
  return null;
}

/** An older server cannot keep every option of a newer one. */
function whyNotSaid({ inherits, maySet, memberInherits }: Membership, version: number): string | null {
  if (version >= OPTIONS_OF_MEMBERSHIPS) return null;
  const isPlain = (inherits ?? memberInherits) === memberInherits && maySet !== false;
  return isPlain ? null : "the throwaway server is too old for its options INHERIT and SET";
}

function grantOf({ quoted, administers, inherits, maySet }: Membership, version: number): string {
  const grant = `GRANT ${quoted.parent} TO ${quoted.member}`;
  if (version < OPTIONS_OF_MEMBERSHIPS) return administers ? `${grant} WITH ADMIN OPTION` : grant;
  const options = { ADMIN: administers, INHERIT: inherits, SET: maySet };
  const words = Object.entries(options).flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]));
  return `${grant} WITH ${words.join(", ")}`;
}

function statementsOf({ role, database, name, quoted }: Setting): readonly string[] {
  const of = {
    every: role === "" ? "ROLE ALL" : `ROLE ${quoted.role}`,
    this: role === "" ? `DATABASE ${DATABASE}` : `ROLE ${quoted.role} IN DATABASE ${DATABASE}`,
  };
  // What this session has is what he keeps; a name with a dot says nothing to him.
  const kept = role === "" && !name.includes(".") ? [`ALTER ROLE ${SUPERUSER} SET ${quoted.name} FROM CURRENT`] : [];
  return [...kept, `ALTER ${of[database]} SET ${quoted.name} TO ${quoted.value}`];
}
