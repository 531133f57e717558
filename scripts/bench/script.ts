/**
 * script: a sealed proof of a script of 10,000 statements, against psql running it between BEGIN and ROLLBACK.
 *
 * Half of them insert, half update what was inserted. Called by bench.ts.
 */
import { join } from "node:path";
import { createDatabase } from "../database/database.ts";
import { psqlProgram, TEST_PASSWORD } from "../database/server.ts";
import { compare, type Ratio } from "./measure.ts";
import type { BenchPlace } from "./place.ts";

const STATEMENTS = 10_000;

export async function benchScript(place: BenchPlace): Promise<readonly Ratio[]> {
  const database = await createDatabase(place.server, { template: "empty" });
  database.psql(`CREATE TABLE public.ledger (id bigint PRIMARY KEY, word text NOT NULL);
    GRANT SELECT, INSERT, UPDATE ON public.ledger TO PUBLIC; GRANT USAGE ON SCHEMA public TO PUBLIC;
    ALTER TABLE public.ledger OWNER TO workflow_admin`);
  const lines = Array.from({ length: STATEMENTS }, (_, n) =>
    n % 2 === 0
      ? `INSERT INTO public.ledger VALUES (${n}, 'word ${n}');`
      : `UPDATE public.ledger SET word = 'changed ${n}' WHERE id = ${n - 1};`,
  );
  const plain = join(place.state, "script.sql");
  const wrapped = join(place.state, "script-wrapped.sql");
  await Bun.write(plain, `${lines.join("\n")}\n`);
  await Bun.write(wrapped, `BEGIN;\n${lines.join("\n")}\nROLLBACK;\n`);
  const url = database.url("workflow_admin");
  const psql = [psqlProgram(), "-X", "-q", "-o", join(place.state, "psql.out"), "-f", wrapped, url];
  const proof = [
    place.binary,
    "proof",
    "rollback",
    "--quiet",
    "--state-dir",
    place.state,
    "--url",
    url,
    "--sql",
    plain,
  ];
  return [
    compare({
      what: `sealed proof of ${STATEMENTS} statements`,
      against: "psql, BEGIN and ROLLBACK",
      reach: 1,
      ours: { name: "sealed", argv: proof },
      theirs: { name: "psql", argv: psql, env: { PGPASSWORD: TEST_PASSWORD } },
    }),
  ];
}
