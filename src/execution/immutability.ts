/**
 * immutability: whether the two triggers that keep enacted units as they are fire.
 *
 * Asked in the transactions that write: by leg A, before anything rests on them, and by enact when the units are
 * enacted, since from then on nobody can turn a trigger off before the transaction ends. Called by the bodies of the
 * phases and by the snapshots.
 */
import immutability from "../../sql/survey/immutability.sql" with { type: "text" };
import { Failure } from "../kernel/failure.ts";
import type { StatementRunner } from "./leg-a.ts";

const TRIGGERS = ["trg_iu_enacted_immut", "trg_uv_enacted_immut"] as const;

/** `tgenabled` by trigger; `O` where it fires. */
export type TriggerStates = { readonly [trigger: string]: string };

export async function readTriggers(session: StatementRunner): Promise<TriggerStates | Failure> {
  const reply = await session.query(immutability);
  if (reply instanceof Failure) return reply;
  return Object.fromEntries(reply.rows.map(({ name, enabled }) => [name ?? "", enabled ?? ""]));
}

/** What is wrong with the first that does not fire; null where both do. */
export function whyUnguarded(states: TriggerStates): string | null {
  for (const name of TRIGGERS) {
    if (states[name] === "O") continue;
    const state = states[name] === undefined ? "is missing" : `is ${states[name]}, not O`;
    return `the trigger ${name} ${state}: enacted units could be changed`;
  }
  return null;
}

/** PHASE_REFUSED where enacted units would not be immutable. */
export async function refuseUnguarded(transaction: StatementRunner): Promise<null | Failure> {
  const states = await readTriggers(transaction);
  if (states instanceof Failure) return states;
  const why = whyUnguarded(states);
  return why === null ? null : new Failure("PHASE_REFUSED", why, { facts: { triggers: { ...states } } });
}
