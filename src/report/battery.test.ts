import { expect, test } from "bun:test";
import * as v from "valibot";
import { Failure } from "../kernel/failure.ts";
import type { Effects } from "../kernel/rollback-only/effects.ts";
import { type BatteryReport, failureDocument, verdictLine } from "./battery.ts";
import { sampleProof, sampleReport, troubledReport } from "./battery-sample.ts";
import { batterySchema } from "./battery-schema.ts";

// The document and the kernel's type are one shape: either of these lines stops compiling when they part.
type Reported = NonNullable<BatteryReport["effects"]>;
const fromKernel = (effects: Effects): Reported => effects;
const toKernel = (effects: Reported): Effects => effects;

test("what the battery can make is a valid document", () => {
  for (const report of [sampleReport(), troubledReport(), sampleReport({ effects: null, role: null })]) {
    expect(v.safeParse(batterySchema, report).issues).toBeUndefined();
  }
  expect(typeof fromKernel).toBe(typeof toKernel);
});

test("a document with a field too many, too few, or a negative count is refused", () => {
  const { attempts: _, ...short } = sampleReport();
  const [count] = sampleReport().counts;
  const negative = sampleReport({ counts: count === undefined ? [] : [{ ...count, after: -1 }] });
  for (const wrong of [{ ...sampleReport(), extra: 1 }, short, negative]) {
    expect(v.safeParse(batterySchema, wrong).success).toBe(false);
  }
});

test("the verdict line says ALL_PROOFS_PASS only if every proof passed, and never for an empty battery", () => {
  expect(verdictLine(sampleReport().proofs)).toBe("CUTTER_ROLLBACK_PROOF 7/7 ALL_PROOFS_PASS");
  expect(verdictLine(troubledReport().proofs)).toBe("CUTTER_ROLLBACK_PROOF 1/7 NOT_PROVEN");
  expect(verdictLine([])).toBe("CUTTER_ROLLBACK_PROOF 0/0 NOT_PROVEN");
  for (const verdict of ["FAIL", "INCONCLUSIVE", "NOT RUN"] as const) {
    expect(verdictLine([sampleProof(1), sampleProof(2, { verdict })])).toBe("CUTTER_ROLLBACK_PROOF 1/2 NOT_PROVEN");
  }
});

test("a failure in a document leaves its cause out", () => {
  const failure = new Failure("NOT_PROVEN", "no", { cause: new Error("hunter2-secret"), facts: { got: 1 } });
  const document = failureDocument(failure);
  expect(JSON.stringify(document)).not.toContain("hunter2");
  expect(document).toMatchObject({ code: "NOT_PROVEN", message: "no", facts: { got: 1 } });
});
