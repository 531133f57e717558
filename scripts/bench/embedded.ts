/**
 * embedded: the first query on the embedded database, against initdb of the same engine at start.
 *
 * Ours is the compiled binary with its snapshot; theirs runs on the same runtime. Called by bench.ts.
 */
import { join } from "node:path";
import { compare, type Ratio } from "./measure.ts";
import type { BenchPlace } from "./place.ts";

const INITDB = `import { PGlite } from "@electric-sql/pglite";
const database = await PGlite.create();
await database.query("SELECT 1");
process.exit(0);
`;

export async function benchEmbedded(place: BenchPlace): Promise<readonly Ratio[]> {
  const file = join(import.meta.dirname, ".initdb.tmp.ts");
  await Bun.write(file, INITDB);
  const words = ["proof", "counts", "--embedded", "--relations", "public.system_vocab", "--state-dir", place.state];
  const ratio = compare({
    what: "embedded database, first query",
    against: "initdb of the same engine at start",
    reach: 0.35,
    runs: 5,
    ours: { name: "embedded", argv: [place.binary, ...words] },
    theirs: { name: "initdb", argv: [process.execPath, file] },
  });
  await Bun.file(file).delete();
  return [ratio];
}
