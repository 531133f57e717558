/**
 * dry-run/gate-program: G1: which program this is, where it runs, and that a person started it.
 *
 * Also reads what must be the same at the end: the kill switch and the configured trees. A missing terminal is told,
 * not refused; a program that cron or a unit started is. Touches no database.
 */
import { switchMismatches } from "../../kernel/kill-switch.ts";
import { judge } from "../../report/judgement.ts";
import { switchFacts } from "../../report/kill-switch-facts.ts";
import type { DryGate } from "./context.ts";

export const programGate: DryGate = {
  id: "G1",
  claim: "the program is what it says, a person started it, and the kill switch is OFF",
  async run({ record, surroundings, killSwitch }) {
    const reading = killSwitch();
    record.switchAtStart = reading;
    record.trees = await surroundings.trees();
    const { summary, facts, mismatches } = await surroundings.program();
    return judge({
      summary,
      facts: { ...facts, ...switchFacts(reading) },
      mismatches: [...mismatches, ...switchMismatches(reading)],
    });
  },
};
