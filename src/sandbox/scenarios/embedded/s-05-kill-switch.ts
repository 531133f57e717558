/**
 * S5 on the embedded engine: the kill switch is off: the six methods refuse before anybody is connected to, and so
 * does a HOLD.
 *
 * The six by the battery's own PROOF-2, on a copy of the reference database inside the process that runs it. Then a
 * live run of the sandbox's database with a sound approval: each of its connections leads to a door that counts, where
 * nobody may come while it is off or held, and where the same verb does come once it is armed.
 */
import { Failure } from "../../../kernel/failure.ts";
import { expectEqual } from "../../../report/judgement.ts";
import { known } from "../../sandbox.ts";
import type { Stage } from "../../stage/stage.ts";
import { expectEnd } from "../expect.ts";
import { countsOf, expectRows } from "../ledger.ts";
import { approveLine, RESUME_APPROVED } from "../plan-lines.ts";
import { killSwitch, sixRefusals } from "../s-05-kill-switch.ts";
import type { Outcome, Scenario } from "../scenario.ts";
import { beginLive } from "./begin-live.ts";
import { type Door, openDoor } from "./door.ts";

export const killSwitchInside: Scenario = {
  ...killSwitch,
  lines: [
    "cutter proof rollback --embedded --json",
    "# a live run of the handbook is begun in this process; each connection of its configuration leads to a door",
    approveLine("SG1"),
    RESUME_APPROVED.replace(" --live", ""),
    "cutter hold set --run RUN --reason sandbox",
    RESUME_APPROVED,
    "cutter hold clear --run RUN --confirm RUN",
    "# nobody came to the door; once it is armed, somebody does",
    RESUME_APPROVED,
  ],
  needs: ["lasting data"],
  async run(stage) {
    const { configuration: from } = known(stage.sandbox.staged, "stage");
    const door = await openDoor(stage.sandbox, { name: "door-5", from });
    return door instanceof Failure ? door : watched(stage, door).finally(() => door.close());
  },
};

async function watched(stage: Stage, door: Door): Promise<Outcome | Failure> {
  const before = await countsOf(stage);
  if (before instanceof Failure) return before;
  const desk = stage.desk(door.configuration);
  const battery = await desk.run(["proof", "rollback", "--embedded", "--json"]);
  const six = sixRefusals(battery);
  const documentId = stage.document("S5");
  const begun = await beginLive(stage, desk, {
    ...{ documentId, profile: "markdown", ownProfile: null, publicationType: null },
  });
  if (begun instanceof Failure) return begun;
  const { runId } = begun.run;
  const approval = await desk.approve(runId, "SG1");
  if (approval instanceof Failure) return approval;
  const live = await desk.resumeWords(runId, approval);
  const unarmed = await desk.run(live.filter((word) => word !== "--live"));
  const set = await desk.run(["hold", "set", "--run", runId, "--reason", "sandbox"]);
  const held = await desk.run(live);
  const came = door.knocks();
  const cleared = await desk.run(["hold", "clear", "--run", runId, "--confirm", runId]);
  const armed = await desk.run(live);
  const after = await countsOf(stage);
  if (after instanceof Failure) return after;
  return {
    summary: six.summary,
    facts: {
      ...six.facts,
      ...{ connections: came, connections_once_armed: door.knocks() - came },
      where: "the six methods on a copy of the reference database in the battery's own process",
    },
    mismatches: [
      ...six.mismatches,
      ...expectEnd("resume without --live", unarmed, "STOP_KILL_SWITCH"),
      ...expectEnd("hold set", set, null),
      ...expectEnd("resume under a HOLD", held, "STOP_HOLD"),
      ...expectEqual("connections while it was off or held", 0, came),
      ...expectEnd("hold clear", cleared, null),
      ...expectEnd("resume that is armed, at the door", armed, "CONNECT_FAILED"),
      ...expectEqual("the door sees who comes", "yes", door.knocks() > came ? "yes" : "no"),
      ...expectRows(before, after, {}),
    ],
    predicted: {},
  };
}
