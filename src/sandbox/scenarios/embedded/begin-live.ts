/**
 * scenarios/embedded/begin-live: begins a live run on the engine inside this process, to its first gate.
 *
 * As `cutter cut --survey --live` does it, by the same functions, but in this process: no other one reaches the engine.
 * Surveys in a read-only session and writes to no database; what it keeps lies in the desk's own state directory, where
 * the verbs find it. Called by the scenarios beside it.
 */
import { readFileSync } from "node:fs";
import { runId } from "../../../kernel/evidence/run-id.ts";
import { Failure } from "../../../kernel/failure.ts";
import { type Begun, beginRun } from "../../../orchestrator/begin.ts";
import { liveSurveyor } from "../../../orchestrator/dry-run/surveyor.ts";
import { openStore } from "../../../orchestrator/store/open-store.ts";
import { SUPERUSER } from "../../providers/provider.ts";
import { known } from "../../sandbox.ts";
import type { Desk } from "../../stage/desk.ts";
import type { Stage } from "../../stage/stage.ts";
import { DATABASE } from "../../words.ts";

export type LiveOrder = {
  readonly documentId: string;
  readonly profile: string;
  /** Of the configuration; null for a built-in profile. */
  readonly ownProfile: unknown;
  readonly publicationType: string | null;
};

/** Of the handbook. A plan that is refused stops the run and is no Failure. */
export async function beginLive(stage: Stage, desk: Desk, order: LiveOrder): Promise<Begun | Failure> {
  const { server, staged } = stage.sandbox;
  const surveyor = liveSurveyor(known(server, "server").target({ role: SUPERUSER, database: DATABASE }));
  const { documentId, profile, ownProfile, publicationType } = order;
  const sight = await surveyor.look({ documentId, because: "it was named", writingRole: "refused" });
  await surveyor.close();
  if (sight instanceof Failure) return sight;
  const store = await openStore(desk.state);
  if (store instanceof Failure) return store;
  const begun = await beginRun({
    ...{ store, runId: runId("ictr"), sessionId: null, mode: "live", survey: sight.document },
    source: readFileSync(known(staged, "stage").handbook),
    settings: {
      ...{ source: { from: "file", fileName: "handbook.md" }, profile, ownProfile, publicationType },
      ...{ actor: "cutter", ownerRef: null, surveyed: "live" },
    },
  });
  store.close();
  if (!(begun instanceof Failure)) stage.say(`begun in this process: ${begun.run.runId}, ${begun.run.state}`);
  return begun;
}
