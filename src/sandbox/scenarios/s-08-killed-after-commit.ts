/**
 * S8: the process is killed after the server has committed leg A and before it learns of it: resume finds it done,
 * once.
 *
 * A relay holds back the answer to each COMMIT until the superuser has looked: when the row of leg A is visible to
 * others, the process gets SIGKILL, and its state cannot have been written.
 */
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { expectEqual } from "../../report/judgement.ts";
import { makeFolder } from "../leftovers/marked-directory.ts";
import { openRelay } from "../relay.ts";
import { rowsOf, WHOLE_RUN } from "../rows.ts";
import { known } from "../sandbox.ts";
import type { Desk } from "../stage/desk.ts";
import { HANDBOOK_UNITS } from "../stage/files.ts";
import type { Stage } from "../stage/stage.ts";
import { DATABASE } from "../words.ts";
import { expectEnd } from "./expect.ts";
import { ledgerRun } from "./ledger.ts";
import { approveLine, CUT, passLines, RESUME, RESUME_APPROVED, SHOW } from "./plan-lines.ts";
import { notBegun } from "./s-02-whole-run.ts";
import type { Scenario } from "./scenario.ts";

const ATTEMPTS = `SELECT outcome FROM cutter_governance.run_phase
  WHERE run_id = $1 AND phase = 'cut_leg_a' ORDER BY attempt`;

export const killedAfterCommit: Scenario = {
  id: "S8",
  title: "killed after COMMIT, before the state is written: resume finds the phase done, exactly once",
  lines: [
    CUT,
    approveLine("SG1"),
    `${RESUME_APPROVED} --exec-url URL_OF_A_RELAY`,
    "# SIGKILL when the ledger has the row of cut_leg_a, and the answer to its COMMIT is held back",
    SHOW,
    RESUME,
    ...passLines("SG2"),
  ],
  needs: ["second session", "lasting data", "role logins", "client programs"],
  async run(stage) {
    const { handbook } = known(stage.sandbox.staged, "stage");
    const desk = stage.desk();
    const { ended: cut, runId } = await desk.begin(stage.document("S8"), handbook);
    if (runId === null) return notBegun(cut.stderr);
    const killed = await killAtCommit(stage, desk, runId);
    if (killed instanceof Failure) return killed;
    const left = await desk.show(runId);
    const committed = await stage.ask(ATTEMPTS, [runId]);
    const resumed = await desk.resume(runId, null);
    const last = await desk.pass(runId, "SG2");
    if (last instanceof Failure) return last;
    const [shown, attempts, ledger] = [
      await desk.show(runId),
      await stage.ask(ATTEMPTS, [runId]),
      await ledgerRun(stage, runId),
    ];
    for (const failed of [committed, attempts, ledger]) if (failed instanceof Failure) return failed;
    const outcomes = (rows: typeof attempts) =>
      rows instanceof Failure ? "" : rows.map(({ outcome }) => outcome).join(" ");
    const found = ledger instanceof Failure ? null : ledger;
    return {
      summary: `killed at COMMIT ${killed.commits}, run at ${left?.state}; leg A in the ledger: ${outcomes(attempts)}`,
      facts: {
        run_id: runId,
        commits: killed.commits,
        state_when_killed: left?.state ?? null,
        attempts: outcomes(attempts),
      },
      mismatches: [
        ...expectEqual("how the process ended", "SIGKILL", killed.signal),
        ...expectEqual("state that the killed process left", "BACKED_UP", left?.state),
        ...expectEqual("leg A in the ledger, when it was killed", "done", outcomes(committed)),
        ...expectEnd("resume", resumed, "STOP_APPROVAL_REQUIRED"),
        ...expectEnd("resume to the end", last, null),
        ...expectEqual("state of the run", "CLOSEOUT_REPORTED", shown?.state),
        ...expectEqual("attempts of leg A in the ledger", "done", outcomes(attempts)),
        ...expectEqual("units of the change set", HANDBOOK_UNITS, found?.rows),
        ...expectEqual("lifecycle of its units", "enacted", found?.lifecycle),
      ],
      predicted: rowsOf(WHOLE_RUN, HANDBOOK_UNITS),
    };
  },
};

type Killed = { readonly signal: string; readonly commits: number };

async function killAtCommit(stage: Stage, desk: Desk, runId: string): Promise<Killed | Failure> {
  const { sandbox } = stage;
  const approval = await desk.approve(runId, "SG1");
  if (approval instanceof Failure) return approval;
  const directory = makeFolder(join(known(sandbox.temporary, "temporary directory"), "r"));
  if (directory instanceof Failure) return directory;
  const target = known(sandbox.server, "server").target({ role: "cutter_exec", database: DATABASE });
  const [host] = target.kind === "server" ? target.hosts : [];
  if (host === undefined) return new Failure("SANDBOX_NOT_PROVEN", "the server has no socket to put a relay before");
  let kill: () => void = () => {};
  const relay = await openRelay({
    directory,
    upstream: { directory: host.host, port: host.port },
    committed: async () => {
      const rows = await stage.ask(ATTEMPTS, [runId]);
      if (rows instanceof Failure || rows.length === 0) return "pass it on";
      kill();
      return "keep it";
    },
  });
  const passfile = encodeURIComponent(known(sandbox.passwords, "passwords").file);
  const place = `host=${encodeURIComponent(directory)}&port=${relay.port}&passfile=${passfile}`;
  const url = `postgresql://cutter_exec@/${DATABASE}?${place}`;
  const ended = await (async () => {
    const running = desk.start(await desk.resumeWords(runId, approval, "--exec-url", url));
    if (running !== null) kill = () => running.kill("SIGKILL");
    return running?.ended;
  })().finally(() => relay.close());
  stage.say(`ended: ${ended?.signal ?? `exit ${ended?.code}`}\n${ended?.stderr ?? ""}`);
  return { signal: ended?.signal ?? `exit ${ended?.code}`, commits: relay.commits() };
}
