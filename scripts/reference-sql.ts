/**
 * reference-sql: the whole reference database as one SQL text, for psql and for building the embedded snapshot.
 *
 * The same pieces as `cutter schema install --reference`, to be run in one transaction by a superuser on a database
 * without the schema. Run as a program it prints the text: `bun scripts/reference-sql.ts | psql -1 -v ON_ERROR_STOP=1`.
 */
import { installationPieces } from "../src/schema/pieces.ts";

export function referenceSql(): string {
  const pieces = installationPieces({ lifecycle: "installed", reference: "load" });
  return pieces.map(({ name, sql }) => `-- ${name}\n${sql.trimEnd().replace(/;?$/, ";")}\n`).join("\n");
}

if (import.meta.main) process.stdout.write(referenceSql());
