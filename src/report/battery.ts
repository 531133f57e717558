/**
 * battery: the report's input, as a TypeScript type, and the few words that all formats share.
 *
 * `BatteryReport` is the document `cutter.proof/v1` (battery-schema.ts). proofs/ fills it in; the renderers beside this
 * file turn it into a string and decide nothing: a verdict is never computed, softened or dropped in src/report.
 */
import type * as v from "valibot";
import type { Failure } from "../kernel/failure.ts";
import type { batterySchema } from "./battery-schema.ts";

/** The schema's type with every array and property readonly; facts are readonly already, and recursive. */
export type DeepReadonly<T> = T extends string | number | boolean | null | undefined
  ? T
  : string extends keyof T
    ? T
    : { readonly [Key in keyof T]: DeepReadonly<T[Key]> };

export type BatteryReport = DeepReadonly<v.InferOutput<typeof batterySchema>>;
/** One thing that was judged, a proof or a gate, with its facts. */
export type Judged = BatteryReport["proofs"][number];
export type ProofResult = Judged;
export type Verdict = Judged["verdict"];
export type Mismatch = Judged["mismatches"][number];
export type CountRow = BatteryReport["counts"][number];
/** A number of rows, or why there is none. */
export type Look = CountRow["before"];
export type FailureDocument = NonNullable<ProofResult["failure"]>;

/** A Failure as it stands in a document: its cause is left out, since it may hold anything. */
export function failureDocument(failure: Failure): FailureDocument {
  const { code, message, data, hint, facts } = failure;
  return { code, message, data, hint, facts };
}

/** The last line of every report: `CUTTER_ROLLBACK_PROOF 7/7 ALL_PROOFS_PASS`, or `… n/7 NOT_PROVEN`. */
export function verdictLine(proofs: readonly ProofResult[]): string {
  const passed = proofs.filter((proof) => proof.verdict === "PASS").length;
  const proven = proofs.length > 0 && passed === proofs.length;
  return `CUTTER_ROLLBACK_PROOF ${passed}/${proofs.length} ${proven ? "ALL_PROOFS_PASS" : "NOT_PROVEN"}`;
}
