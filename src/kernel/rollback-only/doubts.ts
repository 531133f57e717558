/**
 * doubts: what the measurement of a script cannot rule out: counting stopped for a while, locks let go of again.
 *
 * A role that may set track_counts can do so inside a function and put it back; a handler that swallows an error gives
 * its locks back. Neither leaves a trace at the end of the transaction, so both are looked for beforehand, in what was
 * sent and in the functions that it names or fires. What is found is a doubt, not a finding. Called by blast-radius.ts.
 */
import doubtsQuery from "../../../sql/guard/doubts.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Session } from "../session/session.ts";
import { arrayLiteral } from "./catalog-changes.ts";
import { bare } from "./catalogs.ts";
import type { Script } from "./statement.ts";

export type Doubts = {
  /** Why rows may have gone uncounted; null: they cannot have. */
  readonly counting: string | null;
  /** Error handlers, which may swallow what was done: any, and one in code that names TRUNCATE. */
  readonly handlers: "none" | "some" | "with truncate";
  readonly remarks: readonly string[];
};

export const NO_DOUBTS: Doubts = { counting: null, handlers: "none", remarks: [] };

/** The first with has_parameter_privilege(), and the right to SET a parameter that is granted. */
const GRANTS_PARAMETERS = 150_000;

/** Statements that may run what their text does not show. */
const RUNS_CODE = /^(DO|CALL|EXECUTE|PREPARE|CREATE FUNCTION|CREATE TRIGGER|CREATE RULE|ALTER FUNCTION)$/;

/** As sql/guard/doubts.sql makes it. */
type Suspect = readonly [
  name: string,
  handler: boolean,
  setter: boolean,
  definer: boolean,
  fired: boolean,
  truncates: boolean,
];

/** After the rollback, with search_path pinned. `relations`: oids of what was locked to write. */
export async function findDoubts(
  session: Session,
  ran: { readonly script: Script; readonly relations: readonly string[] },
): Promise<Doubts | Failure> {
  const granted = session.login.serverVersionNumber >= GRANTS_PARAMETERS;
  const right = granted ? "pg_catalog.has_parameter_privilege(r.oid, 'track_counts', 'SET')" : "false";
  const reply = await session.query(bare(doubtsQuery).replace("@granted@", right), [arrayLiteral(ran.relations)]);
  if (reply instanceof Failure) return reply;
  const suspects = JSON.parse(reply.rows[0]?.functions ?? "[]") as Suspect[];
  const words = wordsOf(ran.script);
  const reached = suspects.filter(([name, , , , fired]) => fired || words.has(name.toLowerCase()));
  const mayStop = reply.rows[0]?.may_stop === "t";
  return {
    counting: countingDoubt({ mayStop, reached, words, script: ran.script }),
    handlers: handlersIn(reached, words),
    remarks: handlerRemarks(reached, words),
  };
}

function countingDoubt(found: {
  readonly mayStop: boolean;
  readonly reached: readonly Suspect[];
  readonly words: ReadonlySet<string>;
  readonly script: Script;
}): string | null {
  const { mayStop, reached, words, script } = found;
  const definer = reached.find(([, , setter, runsAsOther]) => setter && runsAsOther);
  if (definer !== undefined) return `${definer[0]}() may turn counting off: it runs with the right to set track_counts`;
  if (!mayStop) return null;
  const code =
    script.statements.some(({ kind }) => RUNS_CODE.test(kind)) ||
    reached.some(([, , setter]) => setter) ||
    ["set_config", "track_counts", "pg_settings"].some((word) => words.has(word));
  return code ? "this role may set track_counts, so it may turn counting off inside a function" : null;
}

function handlersIn(reached: readonly Suspect[], words: ReadonlySet<string>): Doubts["handlers"] {
  const handling = reached.filter(([, handler]) => handler);
  const inScript = words.has("exception");
  if (!inScript && handling.length === 0) return "none";
  const truncates = (inScript && words.has("truncate")) || handling.some(([, , , , , names]) => names);
  return truncates ? "with truncate" : "some";
}

function handlerRemarks(reached: readonly Suspect[], words: ReadonlySet<string>): string[] {
  const names = reached.flatMap(([name, handler]) => (handler ? [`${name}()`] : []));
  const inScript = words.has("exception") ? ["the script"] : [];
  const where = [...inScript, ...names].slice(0, limits.namedInRemark);
  if (where.length === 0) return [];
  return [`error handlers (${where.join(", ")}): a lock taken and given back inside one is not among the locks`];
}

function wordsOf({ statements }: Script): ReadonlySet<string> {
  return new Set(statements.flatMap(({ text }) => text.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []));
}
