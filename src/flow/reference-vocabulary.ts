/**
 * reference-vocabulary: the words of the reference implementation's vocabulary, for planning without a database.
 *
 * Read from the SQL that installs them, so that there is one list. A production database may know other words: what it
 * says counts when it is asked. Pure. Called by `cutter plan`.
 */
import bundle from "../../sql/lifecycle/a-vocabulary.sql" with { type: "text" };
import type { Vocabulary } from "./write-contract.ts";

export function referenceVocabulary(): Vocabulary {
  const keys = [...bundle.matchAll(/'vocab\.([a-z_]+)\.([a-z0-9_]+)'/g)];
  const words = (family: string): readonly string[] => {
    return keys.filter(([, known]) => known === family).map(([, , word = ""]) => word);
  };
  return {
    unit_kind: words("unit_kind"),
    section_type: words("section_type"),
    publication_type: words("publication_type"),
  };
}
