/**
 * reference-sql: prints the whole reference database as one SQL text, as the embedded snapshot is made from it.
 *
 * The same pieces as `cutter schema install --reference`, to be run in one transaction by a superuser on a database
 * without the schema: `bun scripts/reference-sql.ts | psql -1 -v ON_ERROR_STOP=1`. Connects to nothing itself.
 */
import { referenceSql } from "../src/schema/pieces.ts";

process.stdout.write(referenceSql());
