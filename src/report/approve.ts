/**
 * report/approve: what an approver sees before signing: the whole plan, then what it does, where, until when, and what
 * its rehearsal came to.
 *
 * `ApproveReport` is the document `cutter.approve/v1` (approve-schema.ts). Pure. Called by `cutter approve`.
 */
import type * as v from "valibot";
import type { approveSchema, shownSchema } from "./approve-schema.ts";
import type { DeepReadonly } from "./battery.ts";
import { type Page, textPage } from "./page.ts";
import type { Palette } from "./palette.ts";
import { type PlanReport, planText } from "./plan.ts";
import { type RehearsalReport, rehearsalVerdict } from "./rehearsal.ts";
import { left, right } from "./table.ts";

export type ApproveReport = DeepReadonly<v.InferOutput<typeof approveSchema>>;
export type ApprovalShown = DeepReadonly<v.InferOutput<typeof shownSchema>>;

/** In parts, since a plan may have tens of thousands of lines. */
export function* approveText(shown: ApprovalShown, plan: PlanReport, palette?: Palette): Iterable<string> {
  yield* planText(plan, palette);
  yield `\n${textPage(page(shown), palette)}`;
}

function page({ approval, state, source_sha256, rows, counts, missing, rehearsal }: ApprovalShown): Page {
  const { target, gate, decision } = approval;
  const names = typeof approval.authority === "string" ? [approval.authority] : approval.authority;
  return {
    title: `Approval of ${approval.run_id}`,
    first: `to be ${decision}: ${gate} of run ${approval.run_id}, ${approval.mode}`,
    about: [
      ["document", approval.document_id],
      ["source", source_sha256],
      ["plan", approval.cutplan_sha256],
      ["database", `${target.database}, system identifier ${target.systemIdentifier ?? "not readable"}`],
      ["timeline", `${target.timeline ?? "not readable"}`],
      ["stands at", state],
      ["authority", names.join(" and ")],
      ["valid", `from ${approval.issued_at} to ${approval.expires_at}`],
      ["rehearsed", rehearsal === null ? "not rehearsed" : `${rehearsalVerdict(rehearsal)}, ${rehearsal.at}`],
      ["note", approval.note === "" ? "none" : approval.note],
    ],
    sections: [
      {
        title: `${rows} rows to write`,
        table: { columns: [left("units"), right("count")], rows: Object.entries(counts).map(([k, n]) => [k, `${n}`]) },
        remarks: missing.map((address) => `missing, and never touched: ${address}`),
        empty: "none",
      },
      ...(rehearsal === null ? [] : [rehearsed("The cut, rehearsed", rehearsal.cut)]),
      ...(rehearsal === null ? [] : [rehearsed("The revert, rehearsed", rehearsal.revert)]),
    ],
    // Nothing is decided until it is signed.
    last: `CUTTER_APPROVE ${gate} TO_BE_${decision.toUpperCase()}`,
    outcome: "good",
  };
}

function rehearsed(title: string, steps: RehearsalReport["cut"]): Page["sections"][number] {
  return {
    title,
    table: { columns: [left("phase"), left("outcome")], rows: steps.map(({ phase, outcome }) => [phase, outcome]) },
    remarks: steps.flatMap(({ phase, message }) => (message === null ? [] : [`${phase}: ${message}`])),
    empty: "none",
  };
}
