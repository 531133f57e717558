/**
 * survey/rights: what the survey's role could change of what a cut writes, although it never will.
 *
 * A survey is read-only by its session and its transaction; a role that may not write at all is a third wall. One that
 * may is refused unless the operator says otherwise, and then it is said in the report. Reads catalogs only.
 */
import rightsQuery from "../../../sql/survey/rights.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Session } from "../../kernel/session/session.ts";

/** One sentence per right, e.g. `INSERT on public.information_unit as app`. Empty: the role may write nothing of it. */
export async function writingRights(session: Pick<Session, "query">): Promise<readonly string[] | Failure> {
  const reply = await session.query(rightsQuery);
  if (reply instanceof Failure) return reply;
  return reply.rows.map(({ right, object, role }) =>
    object === "" ? `${right}: ${role} may do anything` : `${right} on ${object} as ${role}`,
  );
}

/** SURVEY_ROLE_MAY_WRITE, naming the rights. */
export function refuseWritingRole(rights: readonly string[]): Failure | null {
  if (rights.length === 0) return null;
  const shown = rights.slice(0, limits.namedInRemark);
  const more = rights.length > shown.length ? `; and ${rights.length - shown.length} more` : "";
  return new Failure("SURVEY_ROLE_MAY_WRITE", `the role of the survey could write: ${shown.join("; ")}${more}`, {
    facts: { rights },
  });
}
