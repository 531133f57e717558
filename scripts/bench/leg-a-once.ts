/**
 * leg-a-once: leg A of so many units and the server's floor for the same rows, in turn, each rolled back.
 *
 * `bun leg-a-once.ts URL UNITS RUNS ours|both|nothing`: one session, one process; the time of each and the peak of the
 * memory are told. `nothing` plans and connects and does no more. Started by leg-a.ts, never by a person.
 */
import { cutLegA } from "../../src/execution/cut.ts";
import { resolveTarget } from "../../src/kernel/conninfo/resolve.ts";
import { openSession } from "../../src/kernel/session/open.ts";
import type { Session } from "../../src/kernel/session/session.ts";
import { planFor, settle } from "../database/live-bench.ts";
import { succeed } from "../database/target.ts";

const [, , url = "", units = "", runs = "1", who = ""] = process.argv;
const BODY_BYTES = 1024;

/** The same rows, made by the server itself: what no client can be quicker than. */
const FLOOR = `SELECT count(*) FROM (
  SELECT public.fn_iu_create(canonical_address => 'FLOOR/article-' || n, title => 'Article ' || n,
    body => rpad('body ' || n, ${BODY_BYTES}, ' lorem ipsum'), actor => 'bench', unit_kind => 'law_unit',
    section_type => 'article', publication_type => 'law') ->> 'status' AS status
  FROM generate_series(1, ${Number(units)}) AS n) AS c WHERE status = 'created'`;

const session = succeed(await openSession(succeed(await resolveTarget({ environment: {}, url })), { label: "bench" }));
const work = await planFor(session, Number(units), BODY_BYTES);
await settle(session, work);
const times: { readonly ours: number[]; readonly floor: number[] } = { ours: [], floor: [] };
for (let run = 0; run < Number(runs); run += 1) {
  if (who !== "nothing") times.ours.push(await timed(session, async () => succeed(await cutLegA(session, work))));
  if (who === "both") times.floor.push(await timed(session, async () => succeed(await session.query(FLOOR))));
}
await session.close();
process.stdout.write(`${JSON.stringify({ ...times, peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`);

async function timed(on: Session, body: () => Promise<unknown>): Promise<number> {
  succeed(await on.query("BEGIN"));
  const start = performance.now();
  await body();
  const elapsed = performance.now() - start;
  succeed(await on.query("ROLLBACK"));
  return elapsed;
}
