/**
 * store/sample-run: a store, a run and an owner for the tests of the store and of what stands on it.
 *
 * Real files in a folder that is removed afterwards. Never used by the program itself.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunState } from "../../flow/phase.ts";
import { STEPS } from "../../flow/phase.ts";
import { sha256 } from "../../kernel/digest.ts";
import { runId } from "../../kernel/evidence/run-id.ts";
import { Failure, type FailureCode } from "../../kernel/failure.ts";
import type { NewRun } from "./create-run.ts";
import { openStore } from "./open-store.ts";
import { acquireRunLock, type RunLock } from "./run-lock.ts";
import type { Store } from "./store.ts";

/** Folders of one test file; `remove` when it is over. */
export function sampleFolders(): { readonly next: () => string; readonly remove: () => void } {
  const root = mkdtempSync(join(tmpdir(), "cutter-store-"));
  let made = 0;
  return { next: () => join(root, `state-${++made}`), remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** The value; throws a Failure's code and message. */
export function ok<T>(value: T | Failure): T {
  if (value instanceof Failure) throw new Error(`${value.code}: ${value.message}`);
  return value;
}

export function code(value: unknown): FailureCode | "no failure" {
  return value instanceof Failure ? value.code : "no failure";
}

export function newRun(changes: Partial<NewRun> = {}): NewRun {
  return {
    runId: runId("ictr"),
    sessionId: null,
    documentId: "ICX-CONST",
    mode: "dryrun",
    target: { system_identifier: "7", timeline: 1, database: "icx" },
    sourceSha256: sha256("source"),
    sourceVersionId: "live-dryrun-sv-0011223344556677",
    survey: { units: 60 },
    ...changes,
  };
}

export type SampleRun = { readonly store: Store; readonly lock: RunLock };

/** A run that this process owns, in a store of its own. */
export async function sampleRun(stateDirectory: string, changes: Partial<NewRun> = {}): Promise<SampleRun> {
  const store = ok(await openStore(stateDirectory));
  const { runId: id } = ok(store.createRun(newRun(changes)));
  return { store, lock: ok(await acquireRunLock(store, id)) };
}

/** Takes a run on, phase by phase and gate by gate, until it stands at `state`. */
export function driveTo({ store, lock }: SampleRun, state: RunState): void {
  const { runId: id, fence } = lock;
  for (const step of STEPS) {
    const run = ok(store.run(id));
    if (run === null || run.state === state) return;
    if (STEPS.findIndex(({ after }) => after === run.state) >= STEPS.indexOf(step)) continue;
    const to = step.after;
    if (step.kind === "gate") {
      ok(store.move(id, { from: run.state, to, fence, stopCode: "STOP_APPROVAL_REQUIRED", message: "waits" }));
      continue;
    }
    const attempt = { phase: step.name, attempt: 1, fence };
    ok(store.beginPhase(id, attempt));
    ok(store.finishPhase(id, { ...attempt, outcome: "done", payload: { step: step.name }, to }));
  }
}
