/**
 * gates.test: each gate of a dry run with one part of what it watches broken: it turns red, and G7 runs all the same.
 *
 * The database is real, and so is everything else but for the one part that a test breaks. G7: gate-untouched.test.ts.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  type DryRunDesk,
  openDryRunDesk,
  outcome,
  seenIn,
  switchedOn,
  withTransactionId,
} from "../../../scripts/database/dry-run.ts";
import { succeed } from "../../../scripts/database/target.ts";
import type { Simulator } from "../../execution/simulator/simulator.ts";
import { Failure } from "../../kernel/failure.ts";
import type { AdapterWork } from "../prepare.ts";
import { simulatedAdapter } from "../simulated.ts";
import type { DryRunContext } from "./context.ts";
import type { Sight } from "./surveyor.ts";

let desk: DryRunDesk;
beforeAll(async () => {
  desk = await openDryRunDesk();
});
afterAll(() => desk.close());

/** The simulator with one of its methods replaced. */
function withMethod(broken: Partial<Simulator>) {
  return {
    adapterFor: async (work: AdapterWork) => ({ ...succeed(await simulatedAdapter(work)), ...broken }),
  };
}

test("sound in every part, all gates pass", async () => {
  expect(outcome(await desk.dryRun())).toBe("PASS PASS PASS PASS PASS PASS PASS, exit 0");
});

describe("G1", () => {
  test.each([
    ["a digest that is not the published one", "program", "sha256 differs from SHA256SUMS"],
    ["cron among the ancestors", "session", "cron (cron)"],
  ])("%s", async (_what, what, seen) => {
    const mismatches = [{ what, expected: "another", seen }];
    const report = await desk.dryRun(({ surroundings }) => ({
      surroundings: { ...surroundings, program: async () => ({ summary: "", facts: {}, mismatches }) },
    }));
    expect([outcome(report), seenIn(report, "G1")]).toEqual(["FAIL - - - - - PASS, exit 3", [`${what}: ${seen}`]]);
    expect(report.gates[6]?.summary).toBe("no database was looked at");
  });

  test("a kill switch that is on", async () => {
    const report = await desk.dryRun(({ killSwitch }) => ({ killSwitch: () => switchedOn(killSwitch()) }));
    expect(outcome(report)).toBe("FAIL - - - - - FAIL, exit 3");
  });
});

describe("G2", () => {
  test("a transaction id that the server assigned, which G7 remembers too", async () => {
    const report = await desk.dryRun(() => ({ surveyor: desk.atLook(1, withTransactionId) }));
    expect(outcome(report)).toBe("PASS FAIL - - - - FAIL, exit 3");
    expect(seenIn(report, "G7")).toEqual(["transaction ids given to our session: 4711"]);
  });

  test("a write contract that is not as it was frozen", async () => {
    const change = (sight: Sight) => ({ ...sight, seen: sight.seen && { ...sight.seen, contractProblems: ["other"] } });
    const report = await desk.dryRun(() => ({ surveyor: desk.atLook(1, change) }));
    expect([outcome(report), seenIn(report, "G2")]).toEqual([
      "PASS FAIL - - - - PASS, exit 3",
      ["write contract: other"],
    ]);
  });

  test("a role that writes which may not call a function: told, though a dry run does not need it", async () => {
    const call = "FUNCTION fn_iu_enact(uuid, text)";
    desk.database.psql(`REVOKE EXECUTE ON ${call} FROM cutter_exec`);
    const report = await desk.dryRun();
    desk.database.psql(`GRANT EXECUTE ON ${call} TO cutter_exec`);
    expect(outcome(report)).toBe("PASS PASS PASS PASS PASS PASS PASS, exit 0");
    const obstacle = "cutter_exec may not EXECUTE public.fn_iu_enact";
    expect(report.gates[1]?.summary).toEndWith(`; no live run could write: ${obstacle}`);
    expect(report.gates[1]?.facts.role_that_writes).toEqual([obstacle]);
    const sound = await desk.dryRun();
    expect(sound.gates[1]?.summary).not.toContain("no live run could write");
  });

  test("a role that writes which may not even use the schema: told in the same place", async () => {
    const reader = "GRANT USAGE ON SCHEMA public TO context_pack_readonly";
    desk.database.psql(`${reader}; REVOKE USAGE ON SCHEMA public FROM PUBLIC, cutter_exec`);
    const report = await desk.dryRun();
    desk.database.psql("GRANT USAGE ON SCHEMA public TO PUBLIC, cutter_exec");
    expect(report.gates[1]?.facts.role_that_writes).toContain("cutter_exec has no USAGE on schema public");
  });

  test("a look that fails: nothing is known of before, and G7 does not pass", async () => {
    const lost = () => new Failure("SESSION_LOST", "broken on purpose");
    const report = await desk.dryRun(() => ({ surveyor: desk.atLook(1, lost) }));
    expect(outcome(report)).toBe("PASS FAIL - - - - INCONCLUSIVE, exit 5");
  });
});

describe("G3", () => {
  test("a body that is not what its digest says", async () => {
    const change = (sight: Sight) => {
      const [first, ...others] = sight.document.survey.units;
      if (first === undefined) throw new Error("no unit");
      const units = [{ ...first, contentSha256: "0".repeat(64) }, ...others];
      return { ...sight, document: { ...sight.document, survey: { ...sight.document.survey, units } } };
    };
    const report = await desk.dryRun(() => ({ surveyor: desk.atLook(1, change) }));
    expect([outcome(report), report.failure?.code]).toEqual(["PASS PASS FAIL - - - PASS, exit 3", "SURVEY_FAILED"]);
  });

  test("rows that the write contract refuses, each of them named", async () => {
    const report = await desk.dryRun(({ order }) => ({ order: { ...order, publicationType: "leaflet" } }));
    expect([outcome(report), seenIn(report, "G3").length]).toEqual(["PASS PASS FAIL - - - PASS, exit 3", 60]);
  });
});

describe("G4 and G5", () => {
  const broken = () => Promise.resolve(new Failure("DATABASE_ERROR", "broken on purpose"));

  test("a phase before the second gate that fails", async () => {
    const report = await desk.dryRun(() => withMethod({ leg_b_record: broken }));
    expect(outcome(report)).toBe("PASS PASS PASS FAIL - - PASS, exit 3");
    expect(seenIn(report, "G4").join()).toContain("STOPPED");
  });

  test("a verification that finds a difference", async () => {
    const mismatch = async () => ({ method: "write_verify", outcome: "mismatch", facts: { findings: ["x"] } }) as const;
    expect(outcome(await desk.dryRun(() => withMethod({ write_verify: mismatch })))).toBe(
      "PASS PASS PASS FAIL - - PASS, exit 3",
    );
  });

  test("a database that is another one behind the gate", async () => {
    const change = (sight: Sight) => {
      const { survey } = sight.document;
      const target = { ...survey.target, systemIdentifier: "7" };
      return { ...sight, document: { ...sight.document, survey: { ...survey, target } } };
    };
    const report = await desk.dryRun(() => ({ surveyor: desk.atLook(2, change) }));
    expect([outcome(report), report.failure?.code]).toEqual([
      "PASS PASS PASS FAIL - - PASS, exit 4",
      "STOP_TARGET_CHANGED",
    ]);
  });

  test("an enactment that fails", async () => {
    const report = await desk.dryRun(() => withMethod({ lifecycle_enact: broken }));
    expect(outcome(report)).toBe("PASS PASS PASS PASS FAIL - PASS, exit 3");
  });
});

describe("G6", () => {
  /** Does something at the moment when that gate begins. */
  const before = (id: string, act: (context: DryRunContext) => Promise<void> | void) => (sound: DryRunContext) => {
    const progress = (what: string) => {
      if (what.startsWith(`${id}: `)) act(sound);
    };
    return { progress };
  };

  test("a second run that plans something else", async () => {
    const report = await desk.dryRun(
      before("G6", ({ record }) => {
        if (record.work === null || record.work.settings.source.from !== "replay") throw new Error("no replay");
        record.work = { ...record.work, settings: { ...record.work.settings, actor: "somebody else" } };
      }),
    );
    expect(outcome(report)).toBe("PASS PASS PASS PASS PASS FAIL PASS, exit 3");
    expect(seenIn(report, "G6").map((line) => line.split(":")[0])).toEqual(["plan"]);
  });

  test("a closed run that goes on when it is resumed", async () => {
    const report = await desk.dryRun(
      before("G6", async ({ record, store }) => {
        const [closed] = record.runs;
        if (closed === undefined) throw new Error("no run");
        // A record from before its last phase: as if the store had forgotten it.
        record.runs[0] = { ...closed, state: "ENACTED" };
        await store();
      }),
    );
    expect(outcome(report)).toBe("PASS PASS PASS PASS PASS FAIL PASS, exit 3");
    expect(seenIn(report, "G6").join()).toContain("record of the closed run");
  });
});

test("a store that cannot be opened fails the gate that needs it first", async () => {
  const report = await desk.dryRun(() => ({ store: async () => new Failure("STORE_DAMAGED", "broken on purpose") }));
  expect([outcome(report), report.failure?.code]).toEqual(["PASS PASS PASS FAIL - - PASS, exit 4", "STORE_DAMAGED"]);
});
