/**
 * S2: a complete live run of a real document: cut, rehearsed, approved, written, verified, approved again, enacted.
 *
 * Through the verbs alone, with approvals signed by the one-time key. Leaves the run for S3, S4, S10 and S11.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { expectEqual } from "../../report/judgement.ts";
import type { RehearsalReport } from "../../report/rehearsal.ts";
import { rowsOf, WHOLE_RUN } from "../rows.ts";
import { known } from "../sandbox.ts";
import { type Desk, inOneLine, readJson } from "../stage/desk.ts";
import { expectEnd, expectHolds } from "./expect.ts";
import { ledgerRun } from "./ledger.ts";
import { CUT, passLines, REHEARSE, SHOW, VERIFY } from "./plan-lines.ts";
import type { Scenario } from "./scenario.ts";

export const wholeRun: Scenario = {
  id: "S2",
  title: "a complete live run of a real document, with signed approvals",
  lines: [CUT, REHEARSE, ...passLines("SG1"), ...passLines("SG2"), VERIFY, SHOW],
  needs: ["second session", "lasting data", "role logins", "client programs"],
  async run(stage) {
    const { document } = known(stage.sandbox.staged, "stage");
    const desk = stage.desk();
    const { ended: cut, runId } = await desk.begin(document.id, document.path, "--profile", document.profile);
    if (runId === null) return notBegun(cut.stderr);
    const rehearsed = await desk.rehearse(runId);
    const rehearsal = readJson(rehearsed.stdout) as Pick<RehearsalReport, "rows" | "verdict"> | null;
    const planned = rehearsal?.rows ?? 0;
    const first = await desk.pass(runId, "SG1");
    if (first instanceof Failure) return first;
    const second = await desk.pass(runId, "SG2");
    if (second instanceof Failure) return second;
    const verified = await desk.verify(runId);
    const [shown, ledger] = [await desk.show(runId), await ledgerRun(stage, runId)];
    if (ledger instanceof Failure) return ledger;
    const units = ledger?.rows ?? 0;
    stage.closed = { desk, runId, units, document: document.id };
    const backups = backupsOf(desk);
    const facts = { document: document.id, units, run_id: runId, ledger: { ...ledger }, backups: backups.length };
    return {
      summary: `${document.id}: ${units} units ${ledger?.lifecycle}, ${shown?.state}`,
      facts,
      mismatches: [
        ...expectEnd("cut", cut, "STOP_APPROVAL_REQUIRED"),
        ...expectEnd("rehearse", rehearsed, null),
        ...expectEnd("resume to SG2", first, "STOP_APPROVAL_REQUIRED"),
        ...expectEnd("resume to the end", second, null),
        ...expectEnd("verify", verified, null),
        ...expectHolds("cutter verify", verified.stdout, "CUTTER_VERIFY INTACT"),
        ...expectEqual("state of the run", "CLOSEOUT_REPORTED", shown?.state),
        ...expectEqual("state in the ledger", "CLOSEOUT_REPORTED", ledger?.state),
        ...expectEqual("change set", "enacted", ledger?.status),
        ...expectEqual("lifecycle of its units", "enacted", ledger?.lifecycle),
        ...expectEqual("signatures of the DOT pair", 2, ledger?.signatures),
        ...expectEqual("units were planned", "yes", planned > 0 ? "yes" : "no"),
        ...expectEqual("units of the change set", planned, units),
        ...expectEqual("encrypted backups", 1, backups.length),
      ],
      predicted: rowsOf(WHOLE_RUN, planned),
    };
  },
};

/** None where the run did not come so far. */
function backupsOf({ state }: Desk): readonly string[] {
  const folder = join(state, "backups");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".dump.gpg")) : [];
}

export function notBegun(stderr: string): Failure {
  return new Failure("SANDBOX_NOT_PROVEN", `cutter cut began no run: ${inOneLine(stderr)}`);
}
