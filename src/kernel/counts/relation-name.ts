/**
 * relation-name: the name of a relation as SQL writes it, read strictly: `table` or `schema.table`, quoted or not.
 *
 * A name that is not one is refused before any connection, never repaired. What is not quoted is folded as PostgreSQL
 * folds it; without a schema it is public's, whatever the search_path. Called for --relations, --filter, --watch and
 * spec files. Source: PostgreSQL manual, "Identifiers and Key Words".
 */
import { Failure } from "../failure.ts";

const IDENTIFIER = String.raw`(?:"(?:[^"\0]|"")+"|[\p{L}_][\p{L}\p{M}\p{N}_$]*)`;
const AT_START = new RegExp(`^(${IDENTIFIER})(?:\\.(${IDENTIFIER}))?`, "u");

export type NameRead = { readonly relation: string; readonly rest: string };

/** The name that a text begins with, as `schema.table`, and what follows it; null where it begins with none. */
export function readRelationName(text: string): NameRead | null {
  const match = AT_START.exec(text);
  if (match === null) return null;
  const [whole, first = "", second] = match;
  const [schema, table] = second === undefined ? ["public", first] : [first, second];
  return { relation: `${written(schema)}.${written(table)}`, rest: text.slice(whole.length) };
}

/** USAGE where the text is not the name of a relation; `option` says whose it is. */
export function parseRelationName(text: string, option: string): string | Failure {
  const read = readRelationName(text);
  if (read?.rest === "") return read.relation;
  return new Failure("USAGE", `${option} ${text}: it is not the name of a relation`, {
    hint: 'Write schema.table, and quote what SQL would have quoted: public."Order Lines".',
  });
}

/** Folded, and quoted only where format('%I') would quote it for its characters: one name for each relation. */
function written(identifier: string): string {
  const quoted = identifier.startsWith('"');
  const folded = identifier.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  const inner = quoted ? identifier.slice(1, -1) : folded;
  if (/^[a-z_][a-z0-9_$]*$/.test(inner)) return inner;
  return quoted ? identifier : `"${folded}"`;
}
