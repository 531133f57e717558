/**
 * survey/hidden: refuses a survey of which rows may be hidden: a view in a table's place, or row-level security.
 *
 * A plan on a part of the units would create what exists, or leave alone what changed. Reads catalogs only.
 */
import hiddenQuery from "../../../sql/survey/hidden.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import type { Session } from "../../kernel/session/session.ts";

/** SURVEY_FAILED, naming each relation and why; null where every row is seen. */
export async function refuseHiddenRows(session: Pick<Session, "query">): Promise<Failure | null> {
  const reply = await session.query(hiddenQuery);
  if (reply instanceof Failure) return reply;
  if (reply.rows.length === 0) return null;
  const named = reply.rows.map(({ relation, is_table }) =>
    is_table === "t" ? `${relation}: row-level security is active for this role` : `${relation}: it is no table`,
  );
  return new Failure("SURVEY_FAILED", `rows may be hidden from the survey: ${named.join("; ")}`, {
    hint: "Survey as a role with BYPASSRLS or a policy that shows it every row; a view cannot stand for a table.",
    facts: { relations: named },
  });
}
