/**
 * battery: the whole battery with its witness as one process, against psql running the same statements.
 *
 * Also against pg_prove running an equivalent pgTAP file, where that is installed. Called by bench.ts.
 */
import { join } from "node:path";
import { createDatabase, psqlOn } from "../database/database.ts";
import { psqlProgram, TEST_PASSWORD } from "../database/server.ts";
import { talk } from "../talk.ts";
import { compare, type Ratio } from "./measure.ts";
import type { BenchPlace } from "./place.ts";
import { recordBattery } from "./recorded.ts";

/** What pgTAP can say of the same contract: signatures, a created unit, counts, then ROLLBACK. */
const PGTAP = `BEGIN;
SELECT plan(7);
SELECT has_function('public', 'fn_iu_create', ARRAY['text','text','text','text','text','text','text','text']);
SELECT is_definer('public', 'fn_iu_create', ARRAY['text','text','text','text','text','text','text','text']);
SELECT is((SELECT count(*) FROM public.information_unit), 158::bigint, 'before');
SELECT is(public.fn_iu_create('BENCH/1', 't', 'b', 'bench', 'law_unit', 'article', 'law') ->> 'status', 'created');
SELECT is((SELECT count(*) FROM public.information_unit), 159::bigint, 'inside');
SELECT is((SELECT count(*) FROM public.unit_version), 166::bigint, 'inside');
SELECT pass('rolled back below');
SELECT * FROM finish();
ROLLBACK;
`;

export async function benchBattery(place: BenchPlace): Promise<readonly Ratio[]> {
  const database = await createDatabase(place.server, { template: "reference" });
  const script = join(place.state, "battery.sql");
  await Bun.write(script, await recordBattery(database.url("cutter_exec"), place.state));
  const env = { PGPASSWORD: TEST_PASSWORD };
  const psql = [
    psqlProgram(),
    "-X",
    "-q",
    "-o",
    join(place.state, "psql.out"),
    "-f",
    script,
    database.url("cutter_exec"),
  ];
  const proof = [place.binary, "proof", "rollback", "--quiet", "--state-dir", place.state];
  const ours = { name: "battery", argv: [...proof, "--url", database.url("cutter_exec")] };
  const what = "the whole battery with witness";
  const theirs = { name: "psql", argv: psql, env };
  const ratios = [compare({ what, against: "psql running the same statements", reach: 1.5, ours, theirs })];
  const available = psqlOn(place.server, database.name, "SELECT 1 FROM pg_available_extensions WHERE name = 'pgtap'");
  if (available !== "1" || Bun.which("pg_prove") === null) {
    talk.warn("pg_prove or pgTAP is not installed, so that row is left out");
    return ratios;
  }
  // In a twin: a thousand functions more in the database are no part of what is compared.
  const twin = await createDatabase(place.server, { template: "reference" });
  psqlOn(place.server, twin.name, "CREATE EXTENSION pgtap SCHEMA public");
  const file = join(place.state, "battery.pgtap.sql");
  await Bun.write(file, PGTAP);
  const prove = [
    "pg_prove",
    "-h",
    "127.0.0.1",
    "-p",
    `${place.server.port}`,
    "-U",
    "cutter_exec",
    "-d",
    twin.name,
    file,
  ];
  ratios.push(
    compare({
      what,
      against: "pg_prove, equivalent pgTAP",
      reach: 0.6,
      ours,
      theirs: { name: "pg_prove", argv: prove, env },
    }),
  );
  return ratios;
}
