/**
 * live/adapter: the production adapter of one run, made from its plan as it was made sure of a moment ago.
 *
 * Holds the grants of the live conduct by reference, which fills them as gates are passed. Called by prepare.ts through
 * the verb that resumes a live run.
 */
import type { BackupArtifact } from "../../execution/backup-artifact.ts";
import type { LiveWork } from "../../execution/live-work.ts";
import {
  type LiveParts as MethodParts,
  type ProductionAdapter,
  productionAdapter,
} from "../../execution/production.ts";
import { canonicalJson } from "../../kernel/digest.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import { readKillSwitch } from "../../kernel/kill-switch.ts";
import { type Observer, unfailing } from "../../kernel/observer.ts";
import type { AdapterWork } from "../prepare.ts";
import type { PhaseRecord } from "../store/phase-record.ts";
import type { Store } from "../store/store.ts";
import type { Grants } from "./conduct.ts";
import { refuseBackup } from "./kept-backup.ts";
import type { Connect } from "./settle.ts";
import type { SigningKeys } from "./signing-keys.ts";

export type AdapterParts = {
  readonly connect: Connect;
  readonly grants: Grants;
  readonly keys: SigningKeys;
  /** Told how far a phase is; whatever it does, it does not harm the phase. */
  readonly observe?: Observer;
  readonly backUp: (work: LiveWork) => Promise<BackupArtifact | Failure>;
  readonly backupDirectory: string;
  readonly compensate: MethodParts["compensate"];
  /** The last look at the database, for the closeout's record. */
  readonly lookAfter: () => Promise<Facts | Failure>;
  readonly store: Store;
  /** What a COMMIT that counts by the ledger's word alone was answered; for the chain and the operator. */
  readonly remark: (fence: number, text: string) => Promise<void>;
};

export async function liveAdapter(work: AdapterWork, parts: AdapterParts): Promise<ProductionAdapter> {
  const { store, connect, backUp, backupDirectory: directory, compensate, lookAfter } = parts;
  const live = liveWork(work, parts);
  let made: "now" | "before" = "before";
  return productionAdapter({
    connect,
    killSwitch: () => readKillSwitch({ stateDirectory: store.directory }),
    live: {
      ...{ work: live, compensate, lookAfter },
      async backUp() {
        const artifact = await backUp(live);
        if (!(artifact instanceof Failure)) made = "now";
        return artifact;
      },
      refuseBackup: () => refuseBackup({ store, run: work.run, directory }, { made, connect }),
      remark: (text) => parts.remark(work.fence, text),
    },
  });
}

type WorkParts = Pick<AdapterParts, "observe"> & {
  readonly grants: LiveWork["grants"];
  readonly keys: LiveWork["signers"];
};

/** Planned again from files that are as they were written. */
export function liveWork(
  { run, planned, survey, settings, fence, done }: AdapterWork,
  { grants, keys, observe }: WorkParts,
): LiveWork {
  const { document, manifest, cutplan } = planned;
  return {
    ...{ runId: run.runId, mode: run.mode === "live" ? "live" : "rehearsal", fence, target: survey.target },
    ...{ document, manifest, cutplan, surveyed: survey.units, actor: settings.actor, grants, signers: keys },
    planning: done.filter(({ phase }) => PLANNING.has(phase)).map(planningPhase),
    observe: unfailing(observe),
  };
}

const PLANNING: ReadonlySet<string> = new Set(["survey", "manifest", "cutplan"]);

function planningPhase({ phase, attempt, payload, payloadSha256 }: PhaseRecord): LiveWork["planning"][number] {
  return { phase, attempt, payload: canonicalJson(payload), payloadSha256: payloadSha256 ?? "" };
}
