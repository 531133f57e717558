/**
 * adapter.test: what a phase of a live run is given to tell how far it is can do it no harm.
 */
import { expect, test } from "bun:test";
import type { Advance } from "../../kernel/observer.ts";
import { liveWork } from "./adapter.ts";

test("one who looks on and throws is not felt in the transaction of a phase", () => {
  const seen: Advance[] = [];
  const run = { runId: "ictr-20260521T042359Z-ad3d0b97", mode: "live" };
  const made = { run, planned: {}, survey: {}, settings: {}, fence: 1, done: [] };
  const observe = (advance: Advance): void => {
    seen.push(advance);
    throw new Error("the terminal is gone");
  };
  const parts = { grants: {}, keys: { exec: null, verify: null }, observe };
  const work = liveWork(made as unknown as Parameters<typeof liveWork>[0], parts);
  const advance: Advance = { unit: "units", did: "written", done: 1, total: 2 };
  expect([work.observe?.(advance), seen]).toEqual([undefined, [advance]]);
});
