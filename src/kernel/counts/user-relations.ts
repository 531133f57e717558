/**
 * user-relations: the names of all relations that hold rows of users, for watching a database without being told where.
 *
 * Bounded; says how many there are in all, so that what is not watched can be said. Called by the targets and `counts`.
 */
import userRelationsQuery from "../../../sql/counts/user-relations.sql" with { type: "text" };
import { Failure } from "../failure.ts";
import type { Session } from "../session/session.ts";

export type UserRelations = { readonly names: readonly string[]; readonly total: number };

export async function userRelations(session: Pick<Session, "query">, most: number): Promise<UserRelations | Failure> {
  const reply = await session.query(userRelationsQuery, [`${most}`]);
  if (reply instanceof Failure) return reply;
  return { names: reply.rows.map((row) => row.relation ?? ""), total: Number(reply.rows[0]?.total ?? 0) };
}
