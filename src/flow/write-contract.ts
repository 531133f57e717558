/**
 * write-contract: the row that creates one information unit, and what such a row must hold.
 *
 * The rules of `fn_iu_create` (database.md, "the write contract"), checked before anything is sent: all problems of a
 * row at once. Pure: the vocabulary comes in as a value, read from the database by the survey. Nothing that this guard
 * refuses is ever sent. Called by the cutplan and by PROOF-4.
 */

/** One row for `fn_iu_create`; a bare row lacks fields, an enriched one has them all. */
export type UnitRow = {
  readonly canonical_address?: string | null;
  readonly title?: string | null;
  readonly body?: string | null;
  readonly actor?: string | null;
  readonly unit_kind?: string | null;
  readonly section_type?: string | null;
  readonly publication_type?: string | null;
  readonly owner_ref?: string | null;
};

/** Choices by kind, without their `vocab.` prefix: `law_unit`, `article`, `law`. */
export type Vocabulary = {
  readonly unit_kind: readonly string[];
  readonly section_type: readonly string[];
  readonly publication_type: readonly string[];
};

export type GuardVerdict = {
  readonly accepted: boolean;
  /** Fields that are absent or empty. */
  readonly missing: readonly (keyof UnitRow)[];
  /** Fields whose value is not one of the choices, each with its choices. */
  readonly unresolved: readonly { readonly field: keyof UnitRow; readonly choices: readonly string[] }[];
};

/** `body` may be empty but not absent; `owner_ref` is optional. */
const NOT_EMPTY = ["canonical_address", "title", "actor", "unit_kind", "section_type", "publication_type"] as const;
const FROM_VOCABULARY = ["unit_kind", "section_type", "publication_type"] as const;

export function checkUnitRow(row: UnitRow, vocabulary: Vocabulary): GuardVerdict {
  const missing: (keyof UnitRow)[] = NOT_EMPTY.filter((field) => (row[field] ?? "").trim() === "");
  if (row.body === null || row.body === undefined) missing.push("body");
  const unresolved = FROM_VOCABULARY.filter((field) => !missing.includes(field))
    .filter((field) => !vocabulary[field].includes(row[field] ?? ""))
    .map((field) => ({ field, choices: vocabulary[field] }));
  return { accepted: missing.length === 0 && unresolved.length === 0, missing, unresolved };
}
