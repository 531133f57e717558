/**
 * gate-untouched.test: G7 with one part of what it watches broken: red, or inconclusive where others may have done it.
 *
 * The database is real, and so is everything else but for the one part that a test breaks.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type DryRunDesk,
  openDryRunDesk,
  outcome,
  seenIn,
  switchedOn,
  withTransactionId,
} from "../../../scripts/database/dry-run.ts";
import { temporaryFolder } from "../../../scripts/database/files.ts";
import { holdOn } from "../../../scripts/faults/stock.ts";
import { Failure } from "../../kernel/failure.ts";
import { readKillSwitch } from "../../kernel/kill-switch.ts";
import { lookAtTrees } from "../../readiness/surroundings.ts";
import type { Sight } from "./surveyor.ts";

/** The looks of a dry run: the survey, one behind each gate of either run, the last one. */
const LAST_LOOK = 6;

let desk: DryRunDesk;
beforeAll(async () => {
  desk = await openDryRunDesk();
});
afterAll(() => desk.close());

test("a row that another session wrote meanwhile: inconclusive, and the count that moved is named", async () => {
  const meanwhile = (): void => {
    desk.database.psql("SELECT fn_iu_create('OTHER/a', 't', 'b', 'x', 'law_unit', 'article', 'law')");
  };
  let looks = 0;
  const report = await desk.dryRun(() => ({
    surveyor: {
      ...desk.surveyor,
      look(order) {
        looks += 1;
        if (looks === LAST_LOOK) meanwhile();
        return desk.surveyor.look(order);
      },
    },
  }));
  expect(outcome(report)).toBe("PASS PASS PASS PASS PASS PASS INCONCLUSIVE, exit 3");
  expect(seenIn(report, "G7")).toEqual(["rows of public.information_unit: 159", "rows of public.unit_version: 166"]);
});

test("a transaction id that our session was given at any look", async () => {
  for (const look of [2, LAST_LOOK]) {
    const report = await desk.dryRun(() => ({ surveyor: desk.atLook(look, withTransactionId) }));
    expect(outcome(report)).toBe("PASS PASS PASS PASS PASS PASS FAIL, exit 3");
  }
});

test("a kill switch that is switched on midway", async () => {
  let readings = 0;
  const report = await desk.dryRun(({ killSwitch }) => ({
    killSwitch: () => (++readings === 1 ? killSwitch() : switchedOn(killSwitch())),
  }));
  expect(outcome(report)).toBe("PASS PASS PASS PASS PASS PASS FAIL, exit 3");
  expect(seenIn(report, "G7").join()).toContain("kill switch");
});

test("a relation that drops out of every look is missed: inconclusive, by its name", async () => {
  const without = (sight: Sight): Sight => {
    const counts = sight.document.counts.filter(({ relation }) => relation !== "public.unit_version");
    return { ...sight, document: { ...sight.document, counts } };
  };
  const report = await desk.dryRun(() => ({
    surveyor: {
      ...desk.surveyor,
      async look(order) {
        const sight = await desk.surveyor.look(order);
        return sight instanceof Failure ? sight : without(sight);
      },
    },
  }));
  expect([outcome(report), seenIn(report, "G7")]).toEqual([
    "PASS PASS PASS PASS PASS PASS INCONCLUSIVE, exit 3",
    [
      "rows of public.unit_version: not among the counts",
      "rows of public.unit_version [ICX-CONST]: not among the counts",
    ],
  ]);
});

test("a HOLD and the operator's file stop no dry run, and are told where they stand", async () => {
  const stateDirectory = temporaryFolder();
  const operatorFile = join(stateDirectory, "DISABLED");
  mkdirSync(join(stateDirectory, "locks"), { mode: 0o700 });
  writeFileSync(join(stateDirectory, "locks", "HOLD"), "until the audit\n");
  writeFileSync(operatorFile, "");
  const report = await desk.dryRun(() => ({ killSwitch: () => readKillSwitch({ stateDirectory, operatorFile }) }));
  expect(outcome(report)).toBe("PASS PASS PASS PASS PASS PASS PASS, exit 0");
  const summary = report.gates[6]?.summary;
  expect(summary).toContain(`; a HOLD stands (${join(stateDirectory, "locks", "HOLD")}: until the audit)`);
  expect(summary).toContain(`; a DISABLED stands (${operatorFile}: exists, empty)`);
});

test("a service of ours that runs by itself", async () => {
  const mismatches = [{ what: "crontab", expected: "nothing of ours", seen: "cutter cut" }];
  const report = await desk.dryRun(({ surroundings }) => ({
    surroundings: { ...surroundings, services: async () => ({ summary: "", facts: {}, mismatches }) },
  }));
  expect([outcome(report), seenIn(report, "G7")]).toEqual([
    "PASS PASS PASS PASS PASS PASS FAIL, exit 3",
    ["crontab: cutter cut"],
  ]);
});

test("a last look that fails keeps what was found beside the database", async () => {
  const lost = () => new Failure("SESSION_LOST", "broken on purpose");
  const report = await desk.dryRun(({ killSwitch }) => ({
    surveyor: desk.atLook(LAST_LOOK, lost),
    killSwitch: () => switchedOn(killSwitch()),
  }));
  expect(outcome(report)).toBe("FAIL - - - - - FAIL, exit 3");
  const alone = await desk.dryRun(() => ({ surveyor: desk.atLook(LAST_LOOK, lost) }));
  expect([outcome(alone), alone.failure?.code]).toEqual(["PASS PASS PASS PASS PASS PASS FAIL, exit 5", "SESSION_LOST"]);
});

test("a tree that is not as it was at the start", async () => {
  let taken = 0;
  const tree = temporaryFolder();
  const report = await desk.dryRun(({ surroundings }) => ({
    surroundings: {
      ...surroundings,
      async trees() {
        taken += 1;
        if (taken === 2) await Bun.write(`${tree}/new`, "x");
        return lookAtTrees([tree]);
      },
    },
  }));
  expect(outcome(report)).toBe("PASS PASS PASS PASS PASS PASS FAIL, exit 3");
});

test("a table of the lifecycle that the role may not count shows nothing: inconclusive, by its name", async () => {
  desk.database.psql("REVOKE SELECT ON iu_lifecycle_log FROM context_pack_readonly");
  const report = await desk.dryRun(() => ({}));
  desk.database.psql("GRANT SELECT ON iu_lifecycle_log TO context_pack_readonly");
  expect(outcome(report)).toBe("PASS PASS PASS PASS PASS PASS INCONCLUSIVE, exit 3");
  expect(seenIn(report, "G7").join()).toStartWith("rows of public.iu_lifecycle_log: not counted: 42501");
});

test("a table of the lifecycle that another session has locked all the while shows nothing either", async () => {
  const release = await holdOn(desk.database, "LOCK TABLE iu_lifecycle_log IN ACCESS EXCLUSIVE MODE");
  const report = await desk.dryRun(() => ({}));
  await release();
  expect(outcome(report)).toBe("PASS PASS PASS PASS PASS PASS INCONCLUSIVE, exit 3");
  expect(seenIn(report, "G7").join()).toStartWith("rows of public.iu_lifecycle_log: not counted: ");
});

test("a count that took longer than its budget shows nothing either", async () => {
  const change = (sight: Sight): Sight => {
    const counts = sight.document.counts.map((count) => {
      const isOver = count.relation === "public.unit_version" && count.filter === null;
      return isOver ? { ...count, rows: null, how: "over budget" as const } : count;
    });
    return { ...sight, document: { ...sight.document, counts } };
  };
  const report = await desk.dryRun(() => ({ surveyor: desk.atLook(LAST_LOOK, change) }));
  expect(outcome(report)).toBe("PASS PASS PASS PASS PASS PASS INCONCLUSIVE, exit 3");
  expect(seenIn(report, "G7").join()).toStartWith("rows of public.unit_version: not counted: ");
});
