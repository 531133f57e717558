/**
 * phases-once: leg B, verify and enact of so many units, and the server's floor for each, in turn, rolled back.
 *
 * `bun phases-once.ts URL UNITS RUNS`: one session, one process, leg A before them untimed; the times of each are told.
 * Started by phases.ts, never by a person.
 */
import { cutLegA } from "../../src/execution/cut.ts";
import { enactUnits } from "../../src/execution/enact.ts";
import { recordLegB } from "../../src/execution/record.ts";
import { verifyWritten } from "../../src/execution/verify-written.ts";
import { resolveTarget } from "../../src/kernel/conninfo/resolve.ts";
import { openSession } from "../../src/kernel/session/open.ts";
import { planFor, settle } from "../database/live-bench.ts";
import { succeed } from "../database/target.ts";

const [, , url = "", units = "", runs = "1"] = process.argv;
const BODY_BYTES = 1024;

const session = succeed(await openSession(succeed(await resolveTarget({ environment: {}, url })), { label: "bench" }));
const work = await planFor(session, Number(units), BODY_BYTES);
await settle(session, work);

const AFFECTED = `WITH affected AS (SELECT r.* FROM cutter_governance.cut_change_set_affected_row AS r
  JOIN cutter_governance.cut_change_set AS s ON s.id = r.change_set_id WHERE s.run_id = '${work.runId}')`;

/** Somewhere for the floor of leg B to put its blocks; made before it is timed. */
const ENVELOPE = `INSERT INTO cutter_governance.manifest_envelope
    (manifest_sha256, source_version_id, profile, profile_version, unit_count)
  SELECT repeat('0', 64), source_version_id, 'floor', '1', 0 FROM cutter_governance.source_version LIMIT 1`;

/** The same rows in one statement of the server itself: what no client can be quicker than. */
const FLOORS = {
  legB: `${AFFECTED} INSERT INTO cutter_governance.manifest_unit_block
      (manifest_sha256, ordinal, canonical_address, byte_start, byte_end, content_sha256)
    SELECT repeat('0', 64), r.ordinal, r.canonical_address, 0, 1, r.content_sha256 FROM affected AS r`,
  verify: `${AFFECTED} SELECT count(*) FROM affected AS r
    JOIN public.information_unit AS u ON u.id = r.information_unit_id
    JOIN public.unit_version AS v ON v.id = r.unit_version_id
    WHERE u.canonical_address = r.canonical_address AND u.lifecycle_status = 'draft'
      AND encode(sha256(convert_to(v.body, 'UTF8')), 'hex') = r.content_sha256`,
  enact: `${AFFECTED} SELECT count(*) FROM (SELECT public.fn_iu_enact(information_unit_id => r.information_unit_id,
    actor => 'bench') ->> 'status' AS status FROM affected AS r) AS c WHERE status = 'enacted'`,
} as const;

const BODIES = {
  legB: () => recordLegB(session, work),
  verify: () => verifyWritten(session, work, 1),
  enact: () => enactUnits(session, work),
} as const;

const NAMES = ["legB", "verify", "enact"] as const;

async function timed(body: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

async function timedFloor(name: (typeof NAMES)[number]): Promise<number> {
  succeed(await session.query("SAVEPOINT floor"));
  if (name === "legB") succeed(await session.query(ENVELOPE));
  const elapsed = await timed(async () => succeed(await session.query(FLOORS[name])));
  succeed(await session.query("ROLLBACK TO SAVEPOINT floor"));
  return elapsed;
}

const times = { legB: pair(), verify: pair(), enact: pair() };
for (let run = 0; run < Number(runs); run += 1) {
  succeed(await session.query("BEGIN"));
  succeed(await cutLegA(session, work));
  for (const name of NAMES) {
    times[name].floor.push(await timedFloor(name));
    times[name].ours.push(await timed(async () => succeed(await BODIES[name]())));
  }
  succeed(await session.query("ROLLBACK"));
}
await session.close();
process.stdout.write(`${JSON.stringify({ times, peakBytes: process.resourceUsage().maxRSS * 1024 })}\n`);

function pair(): { readonly ours: number[]; readonly floor: number[] } {
  return { ours: [], floor: [] };
}
