/**
 * S7: each phase fails in its middle: nothing of it stays, the run is stopped, HOLD stands and post.json is there.
 *
 * The failure is the database's: a trigger that raises, and says behind how many rows. In whatever order a phase
 * writes, one that breaks before its first row is no middle, and turns this red. A desk and a document for each, since
 * HOLD stops everything of its desk; each is resumed once more, which HOLD refuses.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import { type RowDelta, type RunPhase, rowsOf, sumRows, WHOLE_RUN } from "../rows.ts";
import { known } from "../sandbox.ts";
import type { Desk } from "../stage/desk.ts";
import { HANDBOOK_UNITS } from "../stage/files.ts";
import type { Stage } from "../stage/stage.ts";
import { expectEnd, expectHolds } from "./expect.ts";
import { type Fault, rowsBefore, whileFailing } from "./faults.ts";
import { countsOf, expectRows } from "./ledger.ts";
import { CUT, passLines, RESUME, SHOW } from "./plan-lines.ts";
import { notBegun } from "./s-02-whole-run.ts";
import type { Scenario } from "./scenario.ts";

/** Where each phase breaks: at a table that it writes when it has written other rows, which is looked at. */
const BROKEN: Readonly<Record<Exclude<RunPhase, "register" | "soft revert" | "hard revert">, Fault>> = {
  pre_write_backup: { table: "cutter_governance.backup_artifact", when: null },
  cut_leg_a: { table: "cutter_governance.cut_change_set_affected_row", when: "NEW.ordinal > 1" },
  leg_b_record: { table: "cutter_governance.manifest_unit_block", when: "NEW.ordinal > 1" },
  write_verify: { table: "cutter_governance.verify_result", when: null },
  lifecycle_enact: { table: "public.iu_lifecycle_log", when: null },
  closeout: { table: "cutter_governance.run_phase", when: "NEW.phase = 'closeout'" },
};

type Broken = keyof typeof BROKEN;

export const failedPhases: Scenario = {
  id: "S7",
  title: "a failure in the middle of each phase: zero partial rows, HOLD, post.json",
  lines: [
    "# for each phase: CREATE TRIGGER sandbox_fault BEFORE INSERT ON the table that it writes, which raises",
    CUT,
    ...passLines("SG1"),
    "# for the phases behind SG2, that gate too; the last resume fails, the next one is refused by HOLD",
    ...passLines("SG2"),
    SHOW,
    RESUME,
  ],
  needs: ["second session", "lasting data", "role logins", "client programs"],
  async run(stage) {
    const mismatches: Mismatch[] = [];
    const deltas: RowDelta[] = [];
    const told: string[] = [];
    for (const phase of Object.keys(BROKEN) as Broken[]) {
      const broken = await breakPhase(stage, phase);
      if (broken instanceof Failure) return broken;
      mismatches.push(...broken.mismatches);
      deltas.push(broken.rows);
      told.push(`${phase}: ${broken.held}`);
    }
    return {
      summary: `${told.length} phases failed, none left a row, and each set a HOLD`,
      facts: { holds: told },
      mismatches,
      predicted: sumRows(deltas),
    };
  },
};

type PhaseBroken = { readonly mismatches: readonly Mismatch[]; readonly rows: RowDelta; readonly held: string };

async function breakPhase(stage: Stage, phase: Broken): Promise<PhaseBroken | Failure> {
  const { handbook } = known(stage.sandbox.staged, "stage");
  const desk = stage.desk();
  const { ended: cut, runId } = await desk.begin(stage.document(`S7-${phase}`), handbook);
  if (runId === null) return notBegun(cut.stderr);
  const before = await countsOf(stage);
  if (before instanceof Failure) return before;
  const ended = await failIn(stage, desk, { phase, runId });
  if (ended instanceof Failure) return ended;
  const after = await countsOf(stage);
  if (after instanceof Failure) return after;
  const [shown, again] = [await desk.show(runId), await desk.resume(runId, null)];
  const hold = join(desk.state, "locks", "HOLD");
  const held = existsSync(hold) ? (readFileSync(hold, "utf8").split("\n", 1)[0] ?? "") : "there is none";
  const rows = rowsOf(WHOLE_RUN.slice(0, WHOLE_RUN.indexOf(phase)), HANDBOOK_UNITS);
  const own = phase === "pre_write_backup" ? rowsOf(["register"], HANDBOOK_UNITS) : rows;
  return {
    held,
    rows: own,
    mismatches: [
      ...expectEnd(`${phase}: resume`, ended, "STOP_PHASE_FAILED"),
      ...expectHolds(`${phase}: what it says`, ended.stderr, `${phase}: DATABASE_ERROR`),
      ...expectMiddle(phase, ended.stderr),
      ...expectEqual(`${phase}: state`, "STOPPED", shown?.state),
      ...expectHolds(`${phase}: HOLD`, held, `run ${runId}: DATABASE_ERROR`),
      ...expectEqual(
        `${phase}: post.json`,
        "yes",
        existsSync(join(desk.state, "rollback", runId, "post.json")) ? "yes" : "no",
      ),
      ...expectEnd(`${phase}: resume again`, again, "STOP_HOLD"),
      ...expectRows(before, after, own).map((one) => ({ ...one, what: `${phase}: ${one.what}` })),
    ],
  };
}

function expectMiddle(phase: Broken, said: string): Mismatch[] {
  const rows = rowsBefore(said);
  if (rows !== null && rows > 0) return [];
  return [{ what: `${phase}: rows written before it broke`, expected: "one or more", seen: `${rows ?? "not said"}` }];
}

type Breaking = { readonly phase: Broken; readonly runId: string };

/** The phases behind the second gate need the first one passed in peace. */
async function failIn(stage: Stage, desk: Desk, { phase, runId }: Breaking) {
  const late = phase === "lifecycle_enact" || phase === "closeout";
  if (late) {
    const first = await desk.pass(runId, "SG1");
    if (first instanceof Failure || first.code !== 6) return first;
  }
  return whileFailing(stage, BROKEN[phase], () => desk.pass(runId, late ? "SG2" : "SG1"));
}
