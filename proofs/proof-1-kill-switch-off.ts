/**
 * PROOF-1: the kill switch is off, read from every source that could say otherwise.
 *
 * Looks at no database and makes no connection. Its reading is kept, so that PROOF-7 can compare.
 */
import { switchMismatches } from "../src/kernel/kill-switch.ts";
import { judge } from "../src/report/judgement.ts";
import { switchFacts, switchState } from "../src/report/kill-switch-facts.ts";
import type { Proof } from "./proof.ts";
import { armed, sourceNotRead, sourceUnreadable, switchOn } from "./sabotage/kill-switch.ts";

export const killSwitchOff: Proof = {
  id: "PROOF-1",
  claim: "the kill switch is OFF",
  sabotage: [switchOn, armed, sourceUnreadable, sourceNotRead],
  async run(context) {
    const reading = context.killSwitch();
    context.record.switchAtStart = switchState(reading);
    const summary = `executionEnabled()=${switchFacts(reading).execution_enabled}, nothing armed`;
    return judge({ summary, facts: switchFacts(reading), mismatches: switchMismatches(reading) });
  },
};
