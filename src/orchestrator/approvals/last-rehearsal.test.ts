/** Tests of the rehearsal that an approver is shown: the last one, as it was written, or none. */
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import type { RehearsalReport } from "../../report/rehearsal.ts";
import { keepRehearsal, REHEARSAL_FILE, REHEARSAL_PENDING } from "../rehearsal-file.ts";
import { runFolder } from "../run-files.ts";
import { ok, sampleFolders, sampleRun } from "../store/sample-run.ts";
import { lastRehearsal } from "./last-rehearsal.ts";

const folders = sampleFolders();
afterAll(() => folders.remove());

const PLAN = sha256("plan");

function report(runId: string, changes: Partial<RehearsalReport> = {}): RehearsalReport {
  const step = { phase: "cut_leg_a", outcome: "failed", role: "cutter_exec", durationMs: 1, message: "no", facts: {} };
  return {
    ...{ schema: "cutter.rehearsal/v1", runId, documentId: "ICX-CONST", cutplanSha256: PLAN, rows: 1 },
    ...{ at: "2026-11-26T01:00:00.000Z", database: "icx", cut: [{ ...step, outcome: "failed" }], revert: [] },
    ...{ relations: [], others: [], xid: null, verdict: "failed", ...changes },
  };
}

test("the last rehearsal is shown as it was written; an altered one, or an older one again, is refused", async () => {
  const { store, lock } = await sampleRun(folders.next(), { mode: "live" });
  lock.release();
  const record = ok(store.run(lock.runId));
  if (record === null) throw new Error("the run is gone");
  const run = { ...record, cutplanSha256: PLAN };
  const folder = runFolder({ stateDirectory: store.directory, ...run });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, REHEARSAL_FILE);
  const put = (text: string) => writeFileSync(path, text, { mode: 0o600 });
  const codeOf = () => {
    const shown = lastRehearsal(store, run);
    return shown instanceof Failure ? shown.code : (shown?.verdict ?? "not rehearsed");
  };
  expect(codeOf()).toBe("not rehearsed");

  ok(await keepRehearsal(store, run, report(run.runId)));
  const first = readFileSync(path, "utf8");
  expect(lastRehearsal(store, run)).toEqual(report(run.runId));
  put(first.replaceAll('"failed"', '"done"').replace('"verdict":"done"', '"verdict":"rehearsed"'));
  expect(codeOf()).toBe("EVIDENCE_ALTERED");
  put("no JSON");
  expect(codeOf()).toBe("EVIDENCE_ALTERED");

  ok(await keepRehearsal(store, run, report(run.runId, { cut: [], verdict: "rehearsed" })));
  expect(codeOf()).toBe("rehearsed");
  const last = readFileSync(path, "utf8");
  put(first);
  expect(codeOf()).toBe("EVIDENCE_ALTERED");

  // Killed behind its note: the pending file is the last, the other an older one. Killed before it: as if never.
  put(last);
  renameSync(path, join(folder, REHEARSAL_PENDING));
  put(first);
  expect(codeOf()).toBe("rehearsed");
  rmSync(join(folder, REHEARSAL_PENDING));
  put(last);
  writeFileSync(join(folder, REHEARSAL_PENDING), first, { mode: 0o600 });
  expect(codeOf()).toBe("rehearsed");

  ok(await keepRehearsal(store, run, report(run.runId, { cutplanSha256: sha256("another plan") })));
  expect(codeOf()).toBe("EVIDENCE_ALTERED");
  rmSync(path);
  expect(codeOf()).toBe("not rehearsed");
});
