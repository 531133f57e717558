/**
 * test-result: a suite as the predicate of an attestation: what passed, what did not, and what it was done with.
 *
 * The same points as junit.xml, so that the two cannot say different things. Pure. Signed by kernel/evidence/seal.ts.
 */
import { canonicalJson } from "../kernel/digest.ts";
import type { TestResult } from "../kernel/evidence/attestation.ts";
import type { Suite } from "./test-point.ts";

/** `digests`: what the run rests on beside its properties, e.g. its plan. */
export function testResult(suite: Suite, digests: Readonly<Record<string, string | null>> = {}): TestResult {
  const names = (outcome: "passed" | "failed"): readonly string[] =>
    suite.points.filter(({ failure }) => (failure === null) === (outcome === "passed")).map(({ name }) => name);
  const failedTests = names("failed");
  const content = Buffer.from(canonicalJson({ ...suite.properties, verdict: suite.verdictLine })).toString("base64");
  const known = Object.entries(digests).filter((one): one is [string, string] => one[1] !== null);
  return {
    result: failedTests.length === 0 ? "PASSED" : "FAILED",
    configuration: [
      { name: suite.name, mediaType: "application/json", content },
      ...known.map(([name, sha256]) => ({ name, digest: { sha256 } })),
    ],
    passedTests: names("passed"),
    warnedTests: [],
    failedTests,
  };
}
