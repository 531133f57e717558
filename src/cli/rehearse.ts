/**
 * rehearse: `cutter rehearse RUN`: every phase of a run done for real, and rolled back by the server.
 *
 * On the connection for rehearsals alone, which takes each role inside the transaction. The run does not move; what
 * came of it is kept beside it. Called by live-commands.ts.
 */
import { generateKeyPairSync } from "node:crypto";
import { dotSigner } from "../execution/dot-signer.ts";
import type { LiveWork } from "../execution/live-work.ts";
import { refuseTarget, takeLock } from "../execution/production/phase-session.ts";
import { rehearsedCompensation } from "../execution/rehearsal/compensation.ts";
import { stubGrant } from "../execution/rehearsal/stubs.ts";
import { timestamp } from "../kernel/clock.ts";
import { readConfiguration } from "../kernel/conninfo/configuration.ts";
import { describeTarget } from "../kernel/conninfo/describe.ts";
import { Failure } from "../kernel/failure.ts";
import type { Observer } from "../kernel/observer.ts";
import { sayAtEnd } from "../kernel/session/registry.ts";
import { liveWork } from "../orchestrator/live/adapter.ts";
import { planAgain } from "../orchestrator/prepare.ts";
import { keepRehearsal } from "../orchestrator/rehearsal-file.ts";
import { rehearseRun } from "../orchestrator/rehearse.ts";
import type { RunRecord } from "../orchestrator/store/run-record.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { REHEARSAL_EXIT, renderRehearsal } from "../report/rehearsal.ts";
import type { Globals } from "./command/command.ts";
import { showProgress } from "./command/progress.ts";
import { openRole, type RoleUrls, roleTarget } from "./live-connections.ts";
import { findRun, withStore } from "./run-store.ts";
import { paint, type Terminal } from "./terminal.ts";

type Invocation = {
  readonly positionals: { readonly RUN: string };
  readonly flags: RoleUrls;
  readonly globals: Globals;
};

export function rehearse({ positionals, flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  return withStore(globals, async (store) => {
    const run = findRun(store, positionals.RUN);
    if (run instanceof Failure) return run;
    const progress = showProgress(terminal);
    const work = workOf(store, run, progress.advanced);
    if (work instanceof Failure) return work;
    const configuration = await readConfiguration(globals.config, process.env);
    if (configuration instanceof Failure) return configuration;
    const target = await roleTarget("rehearse", flags, configuration);
    if (target instanceof Failure) return target;
    const database = describeTarget(target);
    await terminal.talk(database);
    const session = await openRole("rehearse", target);
    if (session instanceof Failure) return session;
    const refused =
      (await refuseTarget(session, { target: work.target })) ?? (await takeLock(session, work.cutplan.documentId));
    const compensate = refused ?? (await rehearsedCompensation(session, work));
    if (compensate instanceof Failure) {
      await session.close();
      return compensate;
    }
    const unsay = sayAtEnd("A rehearsal never commits: the server rolls back what it wrote, and no row of it stays.");
    const report = await rehearseRun({
      ...{ session, work, compensate, database, at: timestamp() },
      progress: (phase) => progress.now(`rehearsing ${phase}`),
    }).finally(() => session.close());
    unsay();
    progress.stop();
    if (report instanceof Failure) return report;
    const { stdout } = terminal.colour;
    await terminal.result(renderRehearsal(report, globals.format, (text, style) => paint(text, style, stdout)));
    const kept = await keepRehearsal(store, run, report);
    return kept ?? REHEARSAL_EXIT[report.verdict];
  });
}

/** With the run's own plan; approvals are stubs, and the keys are made for this rehearsal and forgotten. */
function workOf(store: Store, run: RunRecord, observe: Observer): LiveWork | Failure {
  if (run.mode !== "live") {
    return new Failure("USAGE", `run ${run.runId} is a ${run.mode}: what is rehearsed is a run that is to write`, {
      hint: "Begin one with cutter cut DOCUMENT --source FILE --survey --live.",
    });
  }
  if (run.state !== "AWAITING_CUT_AUTHORIZATION") {
    return new Failure("USAGE", `run ${run.runId} stands at ${run.state}: a run is rehearsed while it waits for SG1`);
  }
  const phases = store.phases(run.runId);
  if (phases instanceof Failure) return phases;
  const again = planAgain(run, { store, phases });
  if (again instanceof Failure) return again;
  const { planned, survey, settings } = again;
  const done = phases.filter(({ outcome }) => outcome === "done");
  const gates = ["SG1", "SG2", "REVERT"] as const;
  const grants = Object.fromEntries(gates.map((gate) => [gate, stubGrant(run.runId, gate)]));
  const keys = { exec: passingSigner("exec"), verify: passingSigner("verify") };
  const work = liveWork({ run, planned, survey, settings, fence: run.fence, done }, { grants, keys, observe });
  return { ...work, mode: "rehearsal" };
}

function passingSigner(leg: "exec" | "verify") {
  return dotSigner(leg, generateKeyPairSync("ed25519").privateKey);
}
