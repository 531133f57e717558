/**
 * failure-table: each failure code with its exit code, cause, next action, and what it means for the data.
 *
 * The only list of codes. `cutter explain CODE` prints an entry; the union FailureCode is derived from the keys; a test
 * checks that every code is used. Sentences here are general; a Failure may carry more exact ones.
 * Exit codes: cli.md (0 done, 1 bug, 2 usage, 3 not proven, 4 refused, 5 unreachable, 6 waiting, 7 unknown).
 */
import { DOCUMENT_FAILURES } from "./failure-table/document.ts";
import { PROOF_FAILURES } from "./failure-table/proof.ts";
import { REFUSALS } from "./failure-table/refusal.ts";
import { SANDBOX_FAILURES } from "./failure-table/sandbox.ts";
import { SANDBOX_RUN_FAILURES } from "./failure-table/sandbox-run.ts";
import { SERVER_FAILURES } from "./failure-table/server.ts";
import { SIGNALS } from "./failure-table/signal.ts";
import { STOPS } from "./failure-table/stop.ts";
import { USAGE_FAILURES } from "./failure-table/usage.ts";

export const FAILURES = {
  ...USAGE_FAILURES,
  ...DOCUMENT_FAILURES,
  ...SERVER_FAILURES,
  ...REFUSALS,
  ...PROOF_FAILURES,
  ...SANDBOX_RUN_FAILURES,
  ...STOPS,
  ...SANDBOX_FAILURES,
  ...SIGNALS,
} as const;

export type FailureCode = keyof typeof FAILURES;
