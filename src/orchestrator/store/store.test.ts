/** Tests of the run store: the words it may hold, how a run goes through it, and which steps it refuses. */
import { afterAll, expect, test } from "bun:test";
import schema from "../../../sql/store/schema.sql" with { type: "text" };
import { APPROVAL_GATES } from "../../flow/approval.ts";
import { isOpen, STATES, STEPS } from "../../flow/phase.ts";
import { STOP_CODES } from "../../flow/stop-code.ts";
import { sha256 } from "../../kernel/digest.ts";
import { registerSecret } from "../../kernel/evidence/redaction.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { EVENT_KINDS } from "./event.ts";
import { verifyEventLines } from "./event-lines.ts";
import { openStore } from "./open-store.ts";
import { PHASE_OUTCOMES } from "./phase-record.ts";
import { acquireRunLock } from "./run-lock.ts";
import { RECORDED_PHASES, RUN_MODES } from "./run-record.ts";
import { code, driveTo, newRun, ok, sampleFolders, sampleRun } from "./sample-run.ts";

const folders = sampleFolders();
afterAll(folders.remove);

function wordsOf(column: string): readonly string[] {
  const list = new RegExp(`\\b${column} text (?:NOT NULL )?CHECK \\(${column} IN \\(([^)]*)\\)`).exec(schema)?.[1];
  return [...(list ?? "").matchAll(/'([^']+)'/g)].map((match) => match[1] ?? "");
}

test("the words of the CHECKs are those of the code, each list in full", () => {
  const columns = ["state", "stop_code", "mode", "phase", "outcome", "gate", "kind"];
  const lists = [STATES, STOP_CODES, RUN_MODES, RECORDED_PHASES, PHASE_OUTCOMES, APPROVAL_GATES, EVENT_KINDS];
  expect(columns.map(wordsOf)).toEqual(lists.map((list) => [...list]));
  const closed = /AND state NOT IN \(([^)]*)\)/.exec(schema)?.[1];
  expect(closed).toBe(
    STATES.filter((state) => !isOpen(state))
      .map((state) => `'${state}'`)
      .join(", "),
  );
});

test("a run goes through every step; each leaves its record and its events, and all of it fits together", async () => {
  const run = await sampleRun(folders.next(), { sessionId: "session-1" });
  const { store, lock } = run;
  for (const { after } of STEPS) {
    driveTo(run, after);
    expect(ok(store.run(lock.runId))?.state).toBe(after);
  }
  const phases = ok(store.phases(lock.runId));
  expect(phases.map(({ phase }) => phase)).toEqual(RECORDED_PHASES.slice(0, -1));
  expect(phases[1]).toEqual({
    ...{ runId: lock.runId, phase: "manifest", attempt: 1, outcome: "done", payload: { step: "manifest" } },
    payloadSha256: sha256('{"step":"manifest"}'),
    createdAt: expect.any(String),
    eventSequence: 4,
  });
  const events = ok(store.events(lock.runId));
  expect(events.slice(0, 4).map(({ kind }) => kind)).toEqual([
    ...(["run-created", "lock-acquired", "phase-begun", "phase-finished"] as const),
  ]);
  const chain = { events: events.length, evidence: 0, sha256: events.at(-1)?.sha256 ?? "" };
  expect(ok(store.verifyChain())).toEqual(chain);
  expect(ok(verifyEventLines(ok(store.exportEvents(lock.runId)))).events).toBe(events.length);
  expect(ok(store.runs({ sessionId: "session-1" })).map(({ runId }) => runId)).toEqual([lock.runId]);
  expect(ok(store.runs({ documentId: "ELSE" }))).toEqual([]);
  store.close();
});

test("a store that was closed comes back as it was", async () => {
  const place = folders.next();
  const run = await sampleRun(place);
  driveTo(run, "AWAITING_CUT_AUTHORIZATION");
  const before = ok(run.store.run(run.lock.runId));
  run.store.close();
  const again = ok(await openStore(place));
  expect(ok(again.run(run.lock.runId))).toEqual(before);
  expect({ code: before?.stopCode, message: before?.stopMessage }).toEqual({
    code: "STOP_APPROVAL_REQUIRED",
    message: "waits",
  });
  again.close();
});

test("a move from another state, to where no move leads, or past a phase is refused and changes nothing", async () => {
  const run = await sampleRun(folders.next());
  const { store, lock } = run;
  const { runId, fence } = lock;
  driveTo(run, "PLANNED");
  const before = ok(store.events());
  const moves = [
    { from: "SURVEYED", to: "AWAITING_CUT_AUTHORIZATION" },
    { from: "PLANNED", to: "AWAITING_LIFECYCLE_AUTHORIZATION" },
    { from: "PLANNED", to: "PLANNED" },
    { from: "PLANNED", to: "REVERTED" },
    { from: "MANIFESTED", to: "PLANNED" },
    { from: "MANIFESTED", to: "STOPPED" },
  ] as const;
  for (const move of moves)
    expect([move, code(store.move(runId, { ...move, fence }))]).toEqual([move, "RUN_MOVE_REFUSED"]);
  const stop = { state: "MANIFESTED", stopCode: "STOP_INTERRUPTED", message: "", fence } as const;
  expect(code(store.stop(runId, stop))).toBe("RUN_MOVE_REFUSED");
  ok(store.move(runId, { from: "PLANNED", to: "AWAITING_CUT_AUTHORIZATION", fence }));
  const past = store.move(runId, { from: "AWAITING_CUT_AUTHORIZATION", to: "BACKED_UP", fence });
  expect(past instanceof Failure && past.message).toContain("only the record of its phase leads there");
  expect(ok(store.events()).length).toBe(before.length + 1);
  expect(code(store.move("ictr-20260101T000000Z-00000000", { from: "PLANNED", to: "HELD", fence }))).toBe(
    "RUN_UNKNOWN",
  );
  store.close();
});

test("a fence that is not the last one is refused by every verb that writes", async () => {
  const { store, lock } = await sampleRun(folders.next());
  const { runId } = lock;
  lock.release();
  const second = ok(await acquireRunLock(store, runId));
  expect(second.fence).toBe(lock.fence + 1);
  const attempt = { phase: "manifest", attempt: 1 } as const;
  ok(store.beginPhase(runId, { ...attempt, fence: second.fence }));
  const before = ok(store.run(runId));
  const approval = { approvalId: "a", gate: "SG1", documentSha256: sha256("d"), cutplanSha256: sha256("p") } as const;
  for (const fence of [lock.fence, second.fence + 1]) {
    const refused = [
      store.move(runId, { from: "SURVEYED", to: "STOPPED", fence }),
      store.stop(runId, { state: "SURVEYED", stopCode: "STOP_INTERRUPTED", message: "", fence }),
      store.beginPhase(runId, { ...attempt, fence }),
      store.finishPhase(runId, { ...attempt, outcome: "done", payload: {}, fence, to: "MANIFESTED" }),
      store.consumeApproval(runId, { ...approval, fence }),
      store.note(runId, { subject: "late", facts: {}, fence }),
    ];
    expect(refused.map(code)).toEqual(refused.map(() => "STOP_LOCKED"));
  }
  expect(ok(store.run(runId))).toEqual(before);
  store.close();
});

test("a phase is begun in its turn, once at a time, and done once", async () => {
  const { store, lock } = await sampleRun(folders.next());
  const { runId, fence } = lock;
  const first = { phase: "manifest", attempt: 1, fence } as const;
  expect(code(store.beginPhase(runId, { ...first, phase: "cutplan" }))).toBe("RUN_MOVE_REFUSED");
  expect(code(store.beginPhase(runId, { ...first, phase: "compensate" }))).toBe("RUN_MOVE_REFUSED");
  expect(ok(store.beginPhase(runId, first)).openPhase).toEqual({ phase: "manifest", attempt: 1 });
  const refused = [
    store.beginPhase(runId, first),
    store.beginPhase(runId, { ...first, attempt: 2 }),
    store.finishPhase(runId, { ...first, attempt: 2, outcome: "void", payload: null }),
    store.finishPhase(runId, { ...first, outcome: "done", payload: {}, to: "PLANNED" }),
    store.finishPhase(runId, { ...first, outcome: "done", payload: {}, to: "STOPPED" }),
    store.finishPhase(runId, { ...first, outcome: "void", payload: null, to: "MANIFESTED" }),
    store.finishPhase(runId, { ...first, outcome: "mismatch", payload: {} }),
    store.finishPhase(runId, { ...first, outcome: "done", payload: {} }),
  ];
  expect(refused.map(code)).toEqual(refused.map(() => "RUN_MOVE_REFUSED"));
  ok(store.finishPhase(runId, { ...first, outcome: "void", payload: null }));
  expect(code(store.beginPhase(runId, first))).toBe("RUN_MOVE_REFUSED");
  ok(store.beginPhase(runId, { ...first, attempt: 2 }));
  const manifestSha256 = sha256("manifest");
  const done = { ...first, attempt: 2, outcome: "done", payload: {}, to: "MANIFESTED", manifestSha256 } as const;
  expect(ok(store.finishPhase(runId, done))).toMatchObject({ state: "MANIFESTED", openPhase: null, manifestSha256 });
  expect(code(store.finishPhase(runId, done))).toBe("RUN_MOVE_REFUSED");
  expect(ok(store.phases(runId)).map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [1, "done"],
    [1, "void"],
    [2, "done"],
  ]);
  store.close();
});

test("an attempt whose end is not known survives a hold, and is recorded after it without a move", async () => {
  const run = await sampleRun(folders.next());
  const { store, lock } = run;
  const { runId, fence } = lock;
  driveTo(run, "BACKED_UP");
  const attempt = { phase: "cut_leg_a", attempt: 1, fence } as const;
  ok(store.beginPhase(runId, attempt));
  const unknown = { from: "BACKED_UP", to: "HELD", stopCode: "STOP_OUTCOME_UNKNOWN", message: "lost", fence } as const;
  expect(ok(store.move(runId, unknown)).openPhase).toEqual({ phase: "cut_leg_a", attempt: 1 });
  expect(code(store.beginPhase(runId, { phase: "compensate", attempt: 1, fence }))).toBe("RUN_MOVE_REFUSED");
  expect(ok(store.finishPhase(runId, { ...attempt, outcome: "done", payload: {} })).state).toBe("HELD");
  ok(store.beginPhase(runId, { phase: "compensate", attempt: 1, fence }));
  const unmoved = { phase: "compensate", attempt: 1, outcome: "done", payload: {}, fence } as const;
  expect(code(store.finishPhase(runId, unmoved))).toBe("RUN_MOVE_REFUSED");
  const reverted = { phase: "compensate", attempt: 1, outcome: "done", payload: {}, to: "REVERTED", fence } as const;
  expect(ok(store.finishPhase(runId, reverted)).state).toBe("REVERTED");
  ok(store.verifyChain());
  store.close();
});

test("one live run of a document is open: a second is refused until the first has ended for good", async () => {
  const { store, lock } = await sampleRun(folders.next(), { mode: "live" });
  const { runId, fence } = lock;
  const refused = store.createRun(newRun({ mode: "live" }));
  expect(refused instanceof Failure && [refused.code, refused.facts.run_id]).toEqual(["STOP_LOCKED", runId]);
  const dryRun = newRun({ mode: "dryrun" });
  ok(store.createRun(dryRun));
  expect(code(store.createRun(dryRun))).toBe("RUN_MOVE_REFUSED");
  ok(store.createRun(newRun({ mode: "live", documentId: "OTHER" })));
  expect(ok(store.openRunOf("ICX-CONST", "live"))?.runId).toBe(runId);
  ok(store.move(runId, { from: "SURVEYED", to: "STOPPED", fence, stopCode: "STOP_PLAN_DRIFT", message: "" }));
  expect(ok(store.openRunOf("ICX-CONST", "live"))).toBeNull();
  ok(store.createRun(newRun({ mode: "live" })));
  expect(code(store.move(runId, { from: "STOPPED", to: "HELD", fence }))).toBe("STOP_LOCKED");
  store.close();
});

test("an approval is used once: again by the same run for the same thing is fine, anything else a replay", async () => {
  const { store, lock } = await sampleRun(folders.next());
  const other = ok(store.createRun(newRun()));
  const otherLock = ok(await acquireRunLock(store, other.runId));
  const { runId, fence } = lock;
  const use = {
    approvalId: "approval-1",
    gate: "SG1" as const,
    documentSha256: sha256("document"),
    cutplanSha256: sha256("plan"),
    fence,
  };
  ok(store.consumeApproval(runId, use));
  const events = ok(store.events()).length;
  ok(store.consumeApproval(runId, use));
  const replays = [
    store.consumeApproval(runId, { ...use, gate: "SG2" }),
    store.consumeApproval(runId, { ...use, cutplanSha256: sha256("another plan") }),
    store.consumeApproval(runId, { ...use, documentSha256: sha256("edited") }),
    store.consumeApproval(other.runId, { ...use, fence: otherLock.fence }),
  ];
  expect(replays.map(code)).toEqual(replays.map(() => "STOP_APPROVAL_REPLAYED"));
  expect(ok(store.events()).length).toBe(events);
  expect(ok(store.approval("approval-1"))).toMatchObject({ runId, gate: "SG1" });
  expect(ok(store.approval("approval-2"))).toBeNull();
  store.close();
});

test("a reason to stop stands without a move and goes with the next step; no secret gets into it", async () => {
  registerSecret("canary-hunter2");
  const { store, lock } = await sampleRun(folders.next());
  const { runId, fence } = lock;
  const message = `password=canary-hunter2 \ud800 \0 ${"x".repeat(2 * limits.errorTextCharacters)}`;
  ok(store.stop(runId, { state: "SURVEYED", stopCode: "STOP_INTERRUPTED", message, fence }));
  ok(store.note(runId, { subject: "connected", facts: { url: "postgres://a:canary-hunter2@h/d" }, fence }));
  const run = ok(store.run(runId));
  expect(run).toMatchObject({ state: "SURVEYED", stopCode: "STOP_INTERRUPTED" });
  expect(run?.stopMessage).toContain("[redacted]");
  expect(ok(store.exportEvents(runId))).not.toContain("canary-hunter2");
  ok(store.verifyChain());
  ok(store.beginPhase(runId, { phase: "manifest", attempt: 1, fence }));
  expect(ok(store.run(runId))).toMatchObject({ stopCode: null, stopMessage: null });
  store.close();
});

test("what a phase leaves is kept as it is, whatever it holds, and bounded", async () => {
  const { store, lock } = await sampleRun(folders.next());
  const { runId, fence } = lock;
  const attempt = { phase: "manifest", attempt: 1, fence } as const;
  ok(store.beginPhase(runId, attempt));
  const end = { ...attempt, outcome: "done", to: "MANIFESTED" } as const;
  const tooLarge = store.finishPhase(runId, { ...end, payload: "x".repeat(limits.storePayloadBytes) });
  expect(code(tooLarge)).toBe("FILE_WRITE_FAILED");
  const payload = { text: "password=abcd \ud800 \0 é \u2028", number: 0.1, list: [null, false, -1e21] };
  ok(store.finishPhase(runId, { ...end, payload }));
  expect(ok(store.phases(runId)).at(-1)?.payload).toEqual(payload);
  store.close();
});
