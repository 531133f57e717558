/**
 * crash-point: places at which a test build ends itself with SIGKILL, to see what a crash just there leaves behind.
 *
 * A test build (`scripts/build --crash-points`) dies at the point that CUTTER_CRASH_AT names: `store-committed`, or
 * `store-committed:3` for the third time it comes by. A released program does not hold the variable's name: the
 * condition is false when it is compiled. Called in the middle of writes; must never do anything else.
 */
declare const CUTTER_TEST_BUILD: "crash-points" | "none" | undefined;

/** Of every command that writes files, in the order in which one could pass them. */
export const CRASH_POINTS = [
  "store-written-aside",
  "store-in-place",
  "file-written-aside",
  "file-in-place",
  "run-lock-taken",
  "store-transaction-begun",
  "store-event-appended",
  "store-before-commit",
  "store-committed",
  "evidence-written-aside",
  "evidence-in-place",
] as const;

/** In the transaction of a live phase. */
export const LIVE_CRASH_POINTS = [
  "phase-transaction-begun",
  "phase-batch-written",
  "phase-batch-enacted",
  "phase-batch-withdrawn",
  "phase-batch-deleted",
  "phase-before-commit",
  "phase-committed",
] as const;

/** Only where a phase of a live run has failed. */
export const FAILURE_CRASH_POINTS = ["run-stopped"] as const;

export type CrashPoint = (typeof CRASH_POINTS | typeof LIVE_CRASH_POINTS | typeof FAILURE_CRASH_POINTS)[number];

let passed = 0;

/** Nothing, but in a test build that is told to die here. Counted from the moment that it was told. */
export function crashPoint(name: CrashPoint): void {
  if (typeof CUTTER_TEST_BUILD !== "undefined" && CUTTER_TEST_BUILD === "crash-points") {
    const [wanted, time = "1"] = (process.env.CUTTER_CRASH_AT ?? "").split(":");
    if (wanted !== name) return;
    passed += 1;
    if (passed === Number(time)) process.kill(process.pid, "SIGKILL");
  }
}
