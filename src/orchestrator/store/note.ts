/**
 * store/note: something that happened to a run and changes nothing of it: a survey repeated at a gate, a HOLD that was
 * set, a connection that was made.
 *
 * In the chain like everything else, and only by the owner of the run. Called through the store.
 */
import type { Facts, Failure } from "../../kernel/failure.ts";
import { changeRun, refuseFormerOwner } from "./change.ts";
import type { Connection } from "./connection.ts";
import type { RunRecord } from "./run-record.ts";

export type Note = {
  readonly fence: number;
  /** A word or two: `survey-repeated`. */
  readonly subject: string;
  readonly facts: Facts;
};

export function noteOf(connection: Connection, runId: string, { fence, subject, facts }: Note): RunRecord | Failure {
  return changeRun(connection, runId, (run) => {
    return refuseFormerOwner(run, fence) ?? { next: {}, kind: "noted", data: { subject, facts, fence } };
  });
}
