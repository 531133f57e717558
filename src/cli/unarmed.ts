/**
 * unarmed: what refuses a live verb before anything is judged or connected: no --live, HOLD, DISABLED.
 *
 * A HOLD that is owed, because the process of a failed run was killed before it could set it, is set first. The only
 * HOLD that does not refuse is that of the very run that is being taken back. Called by the verbs that write.
 */
import { Failure } from "../kernel/failure.ts";
import { isOwnHold, readKillSwitch } from "../kernel/kill-switch.ts";
import { holdUnheld } from "../orchestrator/live/failed-run.ts";
import type { Store } from "../orchestrator/store/store.ts";

export type Unarmed = {
  readonly runId: string;
  readonly live: boolean;
  readonly verb: "resume" | "revert";
};

/** STOP_KILL_SWITCH, STOP_HOLD; null where it may go on to what it needs. */
export async function refuseUnarmed(store: Store, { runId, live, verb }: Unarmed): Promise<Failure | null> {
  if (!live) {
    return new Failure("STOP_KILL_SWITCH", `${verb} of run ${runId} writes, and without --live nothing is armed`, {
      hint: `cutter show ${runId} says where it stands; with --live it goes on for real.`,
    });
  }
  const owed = await holdUnheld(store);
  if (owed !== null) return owed;
  const { sources } = readKillSwitch({ stateDirectory: store.directory });
  const gate = verb === "revert" ? "REVERT" : "SG1";
  const off = sources.find((source) => {
    const isFile = source.name === "HOLD" || source.name === "DISABLED";
    return isFile && source.says !== "nothing" && !isOwnHold(source, { gate, runId });
  });
  if (off === undefined) return null;
  const facts = { source: off.name, where: off.where, detail: off.detail };
  const code = off.name === "HOLD" ? "STOP_HOLD" : "STOP_KILL_SWITCH";
  return new Failure(code, `${off.where} says off: ${off.detail}`, { facts });
}
