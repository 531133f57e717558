/**
 * filter: `--filter`: the rows of one document in an IU table, or the rows with one value in a column.
 *
 * `public.information_unit=ICX-CONST` counts the units of that document, by address; `public.orders:status=open` the
 * rows whose column has that text. The value goes as a parameter, the column is quoted: nothing of it is run as SQL.
 */
import partsOfDocument from "../sql/counts/parts-of-document.sql" with { type: "text" };
import unitsOfDocument from "../sql/counts/units-of-document.sql" with { type: "text" };
import { readRelationName } from "../src/kernel/counts/relation-name.ts";
import type { CountRequest } from "../src/kernel/counts/request.ts";
import { Failure } from "../src/kernel/failure.ts";

/** How the rows of a document are found in each IU table; `$1` is the document id. */
const DOCUMENT_PREDICATES: { readonly [relation: string]: string } = {
  "public.information_unit": unitsOfDocument,
  "public.unit_version": partsOfDocument,
  "public.iu_lifecycle_log": partsOfDocument,
};

export function parseFilter(text: string): CountRequest | Failure {
  const named = readRelationName(text);
  const parts = /^(?::(?<column>"(?:[^"]|"")+"|[^:="]+))?=(?<value>.+)$/s.exec(named?.rest ?? "");
  if (named === null || parts === null) return malformed(text);
  const { relation } = named;
  const { column, value = "" } = parts.groups ?? {};
  if (column !== undefined) {
    const quoted = column.startsWith('"') ? column : `"${column}"`;
    const predicate = `counted.${quoted}::pg_catalog.text OPERATOR(pg_catalog.=) $1`;
    return { relation, filter: { label: `${column}=${value}`, predicate, parameters: [value], path: "pinned" } };
  }
  const predicate = DOCUMENT_PREDICATES[relation];
  if (predicate === undefined) {
    const known = Object.keys(DOCUMENT_PREDICATES).join(", ");
    return new Failure("USAGE", `--filter ${text}: documents are known in ${known} only`, {
      hint: `For another table name the column: --filter '${relation}:COLUMN=${value}'`,
    });
  }
  return { relation, filter: { label: value, predicate, parameters: [value], path: "pinned" } };
}

function malformed(text: string): Failure {
  return new Failure(
    "USAGE",
    `--filter ${text}: it should look like public.information_unit=ICX-CONST or TABLE:COLUMN=VALUE`,
  );
}
