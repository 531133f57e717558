/**
 * production: the adapter that writes for real. Each method asks the kill switch before it does anything else.
 *
 * The gate is the first line of every method, before a connection provider is called, so that a refusal proves that
 * nothing was reached. No arming exists in this version, so every method ends at its gate; the phases behind it come
 * with the live path. What leg A will send is real already: leg-a.ts.
 */
import { Failure } from "../kernel/failure.ts";
import { type KillSwitchReading, refusal } from "../kernel/kill-switch.ts";
import type { Session } from "../kernel/session/session.ts";
import type { ExecutionAdapter, Method, Order, PhaseResult } from "./adapter.ts";

export type ProductionParts = {
  /** Reads every source that can say off, anew at each call. */
  readonly killSwitch: () => KillSwitchReading;
  /** Opens a session; called by a method only behind its gate. */
  readonly connect: () => Promise<Session | Failure>;
};

export function productionAdapter(parts: ProductionParts): ExecutionAdapter {
  const method = (name: Method) => (order: Order) => perform(parts, name, order);
  return {
    pre_write_backup: method("pre_write_backup"),
    cut_leg_a: method("cut_leg_a"),
    leg_b_record: method("leg_b_record"),
    write_verify: method("write_verify"),
    lifecycle_enact: method("lifecycle_enact"),
    compensate: method("compensate"),
  };
}

async function perform(parts: ProductionParts, method: Method, order: Order): Promise<PhaseResult | Failure> {
  const refused = refusal(parts.killSwitch(), null);
  if (refused !== null) {
    const facts = { ...refused.facts, method, run_id: order.runId };
    return new Failure(refused.code, `${method}: ${refused.message}`, { facts });
  }
  const session = await parts.connect();
  if (session instanceof Failure) return session;
  await session.close();
  return new Failure("PHASE_NOT_BUILT", `${method} passed its gate, but this version has no live phases`);
}
