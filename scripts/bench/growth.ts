/**
 * growth: the battery as a watched table grows from 100 to 10,000,000 rows, against itself.
 *
 * Estimates do that, and the report says which counts are estimates. Called by bench.ts.
 */
import { createDatabase } from "../database/database.ts";
import { compare, type Ratio } from "./measure.ts";
import type { BenchPlace } from "./place.ts";

const [FEW, MANY] = [100, 10_000_000];

export async function benchGrowth(place: BenchPlace): Promise<readonly Ratio[]> {
  const command = async (rows: number) => {
    const database = await createDatabase(place.server, { template: "reference" });
    database.psql(`CREATE TABLE public.watched AS SELECT n AS id FROM generate_series(1, ${rows}) AS n;
      ANALYZE public.watched; GRANT SELECT ON public.watched TO PUBLIC; GRANT CREATE ON SCHEMA public TO cutter_exec`);
    const words = ["proof", "rollback", "--quiet", "--state-dir", place.state, "--target", "generic"];
    const argv = [place.binary, ...words, "--watch", "public.watched", "--url", database.url("cutter_exec")];
    return { name: `${rows} rows`, argv };
  };
  return [
    compare({
      what: `the battery with a watched table of ${MANY} rows`,
      against: `itself with ${FEW} rows`,
      reach: 1.5,
      ours: await command(MANY),
      theirs: await command(FEW),
    }),
  ];
}
