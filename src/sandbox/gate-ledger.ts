/**
 * gate-ledger: what each gate said, all twenty-five from the beginning: what was not judged is NOT RUN, never a pass.
 *
 * Keeps the first verdict that is not a PASS: a gate that is judged twice passes only where both judgements do. Decides
 * nothing else. Filled by the steps; read by the sequence, which stops at what did not pass, and by the report.
 */
import { stopwatch } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { failureDocument, type Judged } from "../report/battery.ts";
import { failed, type Judgement, judge } from "../report/judgement.ts";
import type { Gate } from "./gates/gate.ts";
import { ALL_GATES } from "./gates/list.ts";
import { caught } from "./thrown.ts";

export class GateLedger {
  readonly #judged = new Map<string, Judged>();
  #unmeasured: ReadonlyMap<string, string> = new Map();

  /** By id, why a gate cannot be measured here: it is never judged, and says why. */
  leaveOut(unmeasured: ReadonlyMap<string, string>): void {
    this.#unmeasured = unmeasured;
  }

  isLeftOut(id: string): boolean {
    return this.#unmeasured.has(id);
  }

  /** Measures, judges and keeps. A measurement that failed, or that threw, is a gate that failed. */
  async judge<M>(gate: Gate<M>, measure: () => M | Failure | Promise<M | Failure>): Promise<Judged> {
    const unmeasured = this.#unmeasured.get(gate.id);
    if (unmeasured !== undefined) return notRun(gate, unmeasured);
    const elapsed = stopwatch();
    const judgement = await caught(gate.id, async () => {
      const measured = await measure();
      return isFailure(measured) ? measured : judge(gate.judge(measured));
    });
    return this.#keep(gate, judgement instanceof Failure ? failed(judgement) : judgement, elapsed());
  }

  /** Says why a gate is not judged, and what was seen all the same: it stays NOT RUN. */
  leave({ id, claim }: Named, { summary, facts }: Pick<Judgement, "summary" | "facts">): void {
    if (!this.#judged.has(id)) this.#judged.set(id, { ...notRun({ id, claim }), summary, facts });
  }

  of(id: string): Judged | undefined {
    return this.#judged.get(id);
  }

  /** All, in order. */
  results(): readonly Judged[] {
    return ALL_GATES.map((gate) => this.#judged.get(gate.id) ?? notRun(gate, this.#unmeasured.get(gate.id)));
  }

  #keep<M>({ id, claim }: Gate<M>, { failure, ...judged }: Judgement, durationMs: number): Judged {
    if (!ALL_GATES.some((known) => known.id === id)) throw new Error(`${id} is not in the list of gates`);
    const before = this.#judged.get(id);
    const now = { id, claim, ...judged, durationMs, failure: failure === null ? null : failureDocument(failure) };
    if (before === undefined || before.verdict === "PASS") this.#judged.set(id, now);
    return now;
  }
}

type Named = Pick<Judged, "id" | "claim">;

function isFailure<M>(measured: M | Failure): measured is Failure {
  return measured instanceof Failure;
}

function notRun({ id, claim }: Pick<Judged, "id" | "claim">, summary = "it was not judged"): Judged {
  const nothing = { summary, durationMs: 0, facts: {}, mismatches: [], failure: null };
  return { id, claim, verdict: "NOT RUN", ...nothing };
}
