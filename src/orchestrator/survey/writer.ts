/**
 * survey/writer: whether the role that writes in a live run is there, and may call what a cut calls.
 *
 * A dry run needs neither, so nothing is refused for it; but who reads its report must learn of it before the live run.
 * Reads catalogs only.
 */
import writerQuery from "../../../sql/survey/writer.sql" with { type: "text" };
import { Failure } from "../../kernel/failure.ts";
import type { Session } from "../../kernel/session/session.ts";

/** One sentence per obstacle, e.g. `cutter_exec may not EXECUTE public.fn_iu_create`. Empty: it may call all. */
export async function writerObstacles(session: Pick<Session, "query">): Promise<readonly string[] | Failure> {
  const reply = await session.query(writerQuery);
  return reply instanceof Failure ? reply : reply.rows.map(({ obstacle }) => obstacle ?? "");
}
