/** Tests of the HOLD: the first reason stays, only its own run clears it, and only its own run's revert goes on. */
import { expect, test } from "bun:test";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../../scripts/database/files.ts";
import { failed, succeed } from "../../scripts/database/target.ts";
import type { ArmedGate } from "../kernel/kill-switch/arming.ts";
import { executionEnabled, readKillSwitch } from "../kernel/kill-switch.ts";
import { clearHold, readHoldFile, setHold } from "./hold.ts";

const RUN = "ictr-20260521T042359Z-ad3d0b97";
const OTHER = "ictr-20260521T042359Z-ad3d0b98";
const hold = { runId: RUN, code: "DATABASE_ERROR", reason: "disk\nfull", who: "a person", at: "2026-05-21T04:24:00Z" };

test("the first reason stays, in a private file that one person can read and a program too", () => {
  const state = temporaryFolder();
  expect(readHoldFile(state)).toBeNull();
  expect(succeed(setHold(state, hold))).toEqual({ set: "now" });
  expect(succeed(setHold(state, { ...hold, runId: OTHER, reason: "later" }))).toEqual({ set: "before" });
  expect(readHoldFile(state)).toEqual(hold);
  expect(statSync(join(state, "locks", "HOLD")).mode & 0o777).toBe(0o600);
  const source = readKillSwitch({ stateDirectory: state }).sources.find(({ name }) => name === "HOLD");
  expect(source?.detail).toBe(`run ${RUN}: DATABASE_ERROR: disk full (a person, 2026-05-21T04:24:00Z)`);
});

test("only the run that it names clears it; a file of another form is cleared by nobody", () => {
  const state = temporaryFolder();
  expect(failed(clearHold(state, RUN)).code).toBe("STOP_HOLD");
  succeed(setHold(state, hold));
  expect(failed(clearHold(state, OTHER)).code).toBe("STOP_HOLD");
  expect(readHoldFile(state)).toEqual(hold);
  expect(succeed(clearHold(state, RUN))).toEqual(hold);
  expect(readHoldFile(state)).toBeNull();
  writeFileSync(join(state, "locks", "HOLD"), `run ${RUN}: by hand\n`, { mode: 0o600 });
  expect(failed(clearHold(state, RUN)).code).toBe("STOP_HOLD");
});

test("whatever the length of its reason, it is read and cleared", () => {
  const state = temporaryFolder();
  succeed(setHold(state, { ...hold, reason: "x".repeat(1_000_000) }));
  const standing = readHoldFile(state);
  expect(standing).toMatchObject({ runId: RUN, reason: expect.stringContaining("1000000 characters in all") });
  const source = readKillSwitch({ stateDirectory: state }).sources.find(({ name }) => name === "HOLD");
  expect([source?.says, source?.detail.startsWith(`run ${RUN}: `)]).toEqual(["off", true]);
  expect(succeed(clearHold(state, RUN)).runId).toBe(RUN);
});

test("a HOLD turns every gate off but the revert of the run that it names", () => {
  const state = temporaryFolder();
  const enabled = (gate: ArmedGate, runId: string): boolean => {
    const reading = readKillSwitch({ stateDirectory: state, operatorFile: join(state, "DISABLED") });
    const armed = { runId, gate, cutplanDigest: "", target: "", expiresAt: "2999-01-01T00:00:00.000Z" };
    return executionEnabled({ ...reading, armed });
  };
  expect([enabled("SG1", RUN), enabled("REVERT", RUN)]).toEqual([true, true]);
  succeed(setHold(state, hold));
  const gates = ["SG1", "SG2", "HARD_DELETE", "REVERT"] as const;
  expect(gates.map((gate) => enabled(gate, RUN))).toEqual([false, false, false, true]);
  expect(enabled("REVERT", OTHER)).toBe(false);
  expect(enabled("REVERT", RUN.slice(0, -1))).toBe(false);
  writeFileSync(join(state, "DISABLED"), `run ${RUN}: off\n`);
  expect(enabled("REVERT", RUN)).toBe(false);
});
