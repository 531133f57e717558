/**
 * sources/watch: production while the scenarios run: who of the sandbox comes there, and which of its runs it knows.
 *
 * One read-only session that looks again and again: every process of a scenario bears the sandbox's name wherever it
 * connects. What comes and goes between two looks is not seen, and the evidence says how often was looked. A look that
 * fails is told, never taken for "nobody came". Called by live.ts; `askRuns` by reference.ts too.
 */
import runsKnown from "../../../sql/sandbox/runs-known.sql" with { type: "text" };
import sessionsNamed from "../../../sql/sandbox/sessions-named.sql" with { type: "text" };
import { sleep } from "../../kernel/clock.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Session } from "../../kernel/session/session.ts";
import type { Watch } from "./source.ts";

/** Of all sessions there whose name begins with `name`. Owns the session, and closes it in the end. */
export function watchSessions(session: Session, name: string): Watch {
  const names = new Set<string>();
  let [looks, isEnded] = [0, false];
  let trouble: Failure | null = null;
  const look = async (): Promise<void> => {
    const reply = await session.query(sessionsNamed, [name]);
    if (reply instanceof Failure) trouble = reply;
    else for (const { application } of reply.rows) names.add(application ?? "");
    looks += 1;
  };
  const looking = (async () => {
    while (!isEnded && trouble === null) {
      await look();
      await sleep(limits.sandboxWatchMs);
    }
  })();
  const stop = (): Promise<void> => {
    isEnded = true;
    return looking;
  };
  return {
    seen: async (runIds) => {
      await stop();
      if (trouble === null) await look();
      const runs = trouble ?? (await askRuns(session, runIds));
      if (runs instanceof Failure) return runs;
      return { sessions: [...names].sort(), runs, how: howOf(name, looks) };
    },
    end: async () => {
      await stop();
      await session.close();
    },
  };
}

function howOf(name: string, looks: number): string {
  const often = `${looks} looks since the scenarios began, one each ${limits.sandboxWatchMs} ms`;
  return `pg_stat_activity, sessions whose name begins with ${name}: ${often}`;
}

/** Those of the runs that the ledger of this database has. */
export async function askRuns(session: Session, runIds: readonly string[]): Promise<readonly string[] | Failure> {
  const list = `{${runIds.map((id) => `"${id}"`).join(",")}}`;
  const reply = await session.query(runsKnown, [list]);
  return reply instanceof Failure ? reply : reply.rows.map((row) => row.run_id ?? "");
}
