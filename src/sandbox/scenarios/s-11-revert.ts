/**
 * S11: runs are taken back: softly, hard on drafts to the counts of pre.json, and never where units are enacted.
 *
 * Two runs of their own that wait at SG2, and the enacted one of S2, which stays. The ledger gets a decision for each.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import { rowsOf, sumRows, TO_SECOND_GATE } from "../rows.ts";
import { known } from "../sandbox.ts";
import { type Desk, readJson } from "../stage/desk.ts";
import { HANDBOOK_UNITS } from "../stage/files.ts";
import type { Stage } from "../stage/stage.ts";
import { expectEnd, expectHolds } from "./expect.ts";
import { type Counts, countsOf, expectRows, ledgerRun } from "./ledger.ts";
import { approveLine, CUT, passLines, revertLine } from "./plan-lines.ts";
import { notBegun } from "./s-02-whole-run.ts";
import type { Scenario } from "./scenario.ts";

const REVERTED = `SELECT count(*) AS decisions FROM cutter_governance.review_decision
  WHERE run_id = $1 AND decision = 'reverted' AND change_set_id IS NOT NULL`;

export const revert: Scenario = {
  id: "S11",
  title: "revert: soft, hard on drafts, refused on enacted; ledger entry; counts as pre.json",
  lines: [
    CUT,
    ...passLines("SG1"),
    revertLine(""),
    approveLine("REVERT"),
    revertLine("--approval APPROVAL --live --confirm DIGEST"),
    "# a second run, hard; and the run of S2, which is enacted",
    approveLine("HARD_DELETE"),
    revertLine("--hard --approval APPROVAL --delete-approval SECOND_APPROVAL --live --confirm DIGEST"),
  ],
  needs: ["second session", "lasting data", "role logins", "client programs"],
  async run(stage) {
    const soft = await takeBack(stage, "soft");
    if (soft instanceof Failure) return soft;
    const hard = await takeBack(stage, "hard");
    if (hard instanceof Failure) return hard;
    const enacted = await refuseEnacted(stage);
    if (enacted instanceof Failure) return enacted;
    return {
      summary: "soft: withdrawn; hard: the counts of pre.json; enacted: refused; a decision in the ledger for each",
      facts: { soft: soft.runId, hard: hard.runId },
      mismatches: [...soft.mismatches, ...hard.mismatches, ...enacted],
      predicted: sumRows([
        rowsOf([...TO_SECOND_GATE, "soft revert"], HANDBOOK_UNITS),
        rowsOf([...TO_SECOND_GATE, "hard revert"], HANDBOOK_UNITS),
      ]),
    };
  },
};

type TakenBack = { readonly runId: string; readonly mismatches: readonly Mismatch[] };

async function takeBack(stage: Stage, how: "soft" | "hard"): Promise<TakenBack | Failure> {
  const { handbook } = known(stage.sandbox.staged, "stage");
  const desk = stage.desk();
  const { ended: cut, runId } = await desk.begin(stage.document(`S11-${how}`), handbook);
  if (runId === null) return notBegun(cut.stderr);
  const before = await countsOf(stage);
  const first = await desk.pass(runId, "SG1");
  const rehearsed = await desk.revert(runId, ...(how === "hard" ? ["--hard"] : []));
  const words = await revertWords(desk, runId, how);
  for (const failed of [before, first, words]) if (failed instanceof Failure) return failed;
  const done = await desk.revert(runId, ...(words as readonly string[]));
  const [after, ledger, decisions] = [
    await countsOf(stage),
    await ledgerRun(stage, runId),
    await stage.ask(REVERTED, [runId]),
  ];
  for (const failed of [after, ledger, decisions]) if (failed instanceof Failure) return failed;
  const found = ledger instanceof Failure ? null : ledger;
  const taken = decisions instanceof Failure ? "none" : decisions[0]?.decisions;
  const wanted = rowsOf([...TO_SECOND_GATE, how === "soft" ? "soft revert" : "hard revert"], HANDBOOK_UNITS);
  return {
    runId,
    mismatches: [
      ...expectEnd(`${how}: resume to SG2`, first as Exclude<typeof first, Failure>, "STOP_APPROVAL_REQUIRED"),
      ...expectEnd(`${how}: rehearsed`, rehearsed, null),
      ...expectHolds(`${how}: the rehearsal`, rehearsed.stdout, "CUTTER_REHEARSAL 1/1 REHEARSED"),
      ...expectEnd(`${how}: revert`, done, null),
      ...expectEqual(`${how}: state in the ledger`, "REVERTED", found?.state),
      ...expectEqual(`${how}: change set`, "reverted", found?.status),
      ...expectEqual(`${how}: lifecycle of its units`, how === "soft" ? "withdrawn" : null, found?.lifecycle ?? null),
      ...expectEqual(`${how}: decisions in the ledger`, 1, taken),
      ...expectRows(before as Counts, after as Counts, wanted).map((one) => ({ ...one, what: `${how}: ${one.what}` })),
      ...(how === "hard" ? asBefore(desk, runId, after as Counts) : []),
    ],
  };
}

async function revertWords(desk: Desk, runId: string, how: "soft" | "hard"): Promise<readonly string[] | Failure> {
  const approval = await desk.approve(runId, "REVERT");
  if (approval instanceof Failure || how === "soft")
    return approval instanceof Failure ? approval : ["--approval", approval];
  const deletion = await desk.approve(runId, "HARD_DELETE");
  return deletion instanceof Failure ? deletion : ["--hard", "--approval", approval, "--delete-approval", deletion];
}

/** What the run's own snapshot says that the public tables held before it. */
function asBefore(desk: Desk, runId: string, now: Counts): Mismatch[] {
  const file = join(desk.state, "rollback", runId, "pre.json");
  if (!existsSync(file)) return expectEqual("hard: pre.json", "there", "it is not");
  const text = readFileSync(file, "utf8");
  const counts = Object.entries((readJson(text) as { readonly counts?: Record<string, number> } | null)?.counts ?? {});
  const own = counts.filter(([relation]) => relation.startsWith("public."));
  return [
    ...expectEqual("hard: pre.json counts public tables", "yes", own.length > 0 ? "yes" : "no"),
    ...own.flatMap(([relation, rows]) =>
      expectEqual(`hard: rows of ${relation}, as in pre.json`, rows, now.get(relation)),
    ),
  ];
}

async function refuseEnacted(stage: Stage): Promise<readonly Mismatch[] | Failure> {
  const closed = stage.closed;
  if (closed === null) return new Failure("SANDBOX_NOT_PROVEN", "there is no enacted run: S2 did not come to its end");
  const before = await countsOf(stage);
  if (before instanceof Failure) return before;
  const approval = await closed.desk.approve(closed.runId, "REVERT");
  if (approval instanceof Failure) return approval;
  const ended = await closed.desk.revert(closed.runId, "--approval", approval);
  const [after, ledger] = [await countsOf(stage), await ledgerRun(stage, closed.runId)];
  if (after instanceof Failure) return after;
  if (ledger instanceof Failure) return ledger;
  return [
    ...expectEnd("enacted: revert", ended, "PHASE_REFUSED"),
    ...expectHolds("enacted: what it says", ended.stderr, "enacted"),
    ...expectEqual("enacted: lifecycle of the units", "enacted", ledger?.lifecycle),
    ...expectRows(before, after, {}).map((one) => ({ ...one, what: `enacted: ${one.what}` })),
  ];
}
