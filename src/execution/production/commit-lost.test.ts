/** Tests that a COMMIT whose answer is lost is resolved, not guessed, whatever way it got lost. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testMajor, testServer } from "../../../scripts/database/database.ts";
import { liveAdapter, planLive, smallLaw } from "../../../scripts/database/live.ts";
import { hostOf, openRoleSession, openTestSession, succeed, targetOf } from "../../../scripts/database/target.ts";
import { COMMIT_MODES, type CommitMode, commitRelayTo } from "../../../scripts/faults/commit-relay.ts";
import { Failure } from "../../kernel/failure.ts";

/** 8 modes: 320 cuts in all on the first server of the suite, of which the design asks for 300. */
const TRIALS = testMajor() === 15 ? 40 : 4;

let database: TestDatabase;
let serial = 0;
beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
});
afterAll(() => database.drop());

type Cut = { readonly said: string; readonly holds: string };

/** What leg A of a new run says when its COMMIT is lost, and what the database holds of it in the end. */
async function cutAtCommit(mode: CommitMode, beforeResolving = (_runId: string): void => {}): Promise<Cut> {
  serial += 1;
  const work = await planLive(database, smallLaw(1), `LOST-${serial}`);
  const order = { runId: work.runId, attempt: 1 };
  succeed(await liveAdapter(database, work).adapter.pre_write_backup(order));
  const relay = await commitRelayTo(database.server, mode);
  const through = targetOf([hostOf(relay.port)], { database: database.name, user: "cutter_exec" });
  const { adapter, asked } = liveAdapter(database, work, {
    connect: async () => {
      if (asked.length === 1) return openTestSession(through);
      beforeResolving(work.runId);
      return openRoleSession(database, "cutter_exec");
    },
  });
  const answer = await adapter.cut_leg_a(order);
  relay.stop();
  const said = answer instanceof Failure ? `failed, ${answer.facts.resolved ?? answer.code}` : answer.outcome;
  return { said, holds: holdsOf(work.runId) };
}

/** Long after everything: the outcome of the attempt, and whether there is a change set with its units. */
function holdsOf(runId: string): string {
  return database.psql(`SELECT concat_ws(' ',
    (SELECT string_agg(outcome, '+') FROM cutter_governance.run_phase
      WHERE run_id = '${runId}' AND phase = 'cut_leg_a'),
    (SELECT count(*) FROM cutter_governance.cut_change_set WHERE run_id = '${runId}'),
    (SELECT count(*) FROM cutter_governance.cut_change_set_affected_row AS r
      JOIN cutter_governance.cut_change_set AS s ON s.id = r.change_set_id
      JOIN information_unit AS u ON u.id = r.information_unit_id WHERE s.run_id = '${runId}'))`);
}

const EXPECTED: Readonly<Record<string, string>> = { done: "done 1 1", "failed, void": "void 0 0" };

test.each([...COMMIT_MODES])(
  "%s: what is said of the phase is what the database holds",
  async (mode) => {
    const outcomes = new Map<string, number>();
    for (let trial = 0; trial < TRIALS; trial += 1) {
      const { said, holds } = await cutAtCommit(mode);
      expect({ said, holds }).toEqual({ said, holds: EXPECTED[said] ?? "" });
      outcomes.set(said, (outcomes.get(said) ?? 0) + 1);
    }
    expect(outcomes.get("done") ?? 0).toBe(TRIALS - (outcomes.get("failed, void") ?? 0));
    if (mode === "reset before it is sent") expect([...outcomes.keys()]).toEqual(["failed, void"]);
    if (mode.startsWith("answer swallowed") || mode.endsWith("a moment later")) {
      expect([...outcomes.keys()]).toEqual(["done"]);
    }
  },
  120_000,
);

test("sabotage: who only looks at this moment sees nothing of a phase that is committed a moment later", async () => {
  const seen: string[] = [];
  const cut = await cutAtCommit("reset, and sent on a moment later", (runId) => seen.push(holdsOf(runId)));
  expect([...seen, cut.said, cut.holds]).toEqual(["0 0", "done", "done 1 1"]);
});
