/**
 * dry-run: a dry run of a document of 10,000 units against one of 1,000, and its peak memory.
 *
 * Ten times the units may take twelve times the time: whatever is quadratic shows here first. Called by bench.ts.
 */
import { createDatabase, type TestDatabase } from "../database/database.ts";
import { compare, type Ratio } from "./measure.ts";
import type { BenchPlace } from "./place.ts";

const [FEW, MANY] = [1_000, 10_000];
/** A dry run of 10,000 units takes seconds. */
const RUNS = 3;

export async function benchDryRun(place: BenchPlace): Promise<readonly Ratio[]> {
  const command = async (units: number) => {
    const database = await createDatabase(place.server, { template: "reference" });
    makeDocument(database, units);
    const words = ["dryrun", "BIG", "--survey", "--quiet", "--state-dir", place.state];
    return { name: `${units} units`, argv: [place.binary, ...words, "--url", database.url("context_pack_readonly")] };
  };
  return [
    compare({
      what: `a dry run of a document of ${MANY} units`,
      against: `one of ${FEW} units`,
      reach: 12,
      ours: await command(MANY),
      theirs: await command(FEW),
      runs: RUNS,
    }),
  ];
}

/** Articles in chapters of a hundred, each with half a kilobyte of text, through the database's own function. */
function makeDocument(database: TestDatabase, units: number): void {
  database.psql(`DO $$ BEGIN
    FOR i IN 0 .. ${units - 1} LOOP
      PERFORM public.fn_iu_create(format('BIG/chapter-%s/article-%s', i / 100, i), format('Article %s', i),
        format(E'Article %s\\n%s\\n', i, repeat('some words of a law ', 25)), 'bench', 'law_unit', 'article', 'law');
    END LOOP; END $$; ANALYZE public.information_unit; ANALYZE public.unit_version`);
}
