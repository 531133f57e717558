/**
 * survey/relations: what is counted before and after: all that a cut can write, and this document's part of it.
 *
 * Data only. The governance tables are in it although a survey's role may read none of them: that they are refused
 * (42501) is a fact of the report. Called by take.ts and by the last look of a dry run.
 */
import partsOfDocument from "../../../sql/counts/parts-of-document.sql" with { type: "text" };
import unitsOfDocument from "../../../sql/counts/units-of-document.sql" with { type: "text" };
import type { CountRequest } from "../../kernel/counts/request.ts";

const LIFECYCLE = [
  ["public.information_unit", unitsOfDocument],
  ["public.unit_version", partsOfDocument],
  ["public.iu_lifecycle_log", partsOfDocument],
] as const;

const GOVERNANCE = [
  "run",
  "run_phase",
  "approval_grant",
  "backup_artifact",
  "source_version",
  "manifest_envelope",
  "manifest_unit_block",
  "cut_change_set",
  "cut_change_set_affected_row",
  "verify_result",
  "review_decision",
  "dot_pair_signature",
] as const;

export function watchedRelations(documentId: string): readonly CountRequest[] {
  const whole = [...LIFECYCLE.map(([relation]) => relation), ...GOVERNANCE.map((name) => `cutter_governance.${name}`)];
  return [
    ...whole.map((relation) => ({ relation, filter: null })),
    ...LIFECYCLE.map(
      ([relation, predicate]): CountRequest => ({
        relation,
        filter: { label: documentId, predicate, parameters: [documentId], path: "pinned" },
      }),
    ),
  ];
}
