/**
 * PROOF-7: the kill switch is still off, HOLD is as it was, and nothing was armed meanwhile.
 *
 * Always runs, whatever failed before it, and compares with what PROOF-1 read.
 */
import { switchMismatches } from "../src/kernel/kill-switch.ts";
import { expectEqual, judge } from "../src/report/judgement.ts";
import { switchFacts, switchState } from "../src/report/kill-switch-facts.ts";
import type { Proof } from "./proof.ts";
import { armedMidway, holdMidway, switchFlippedMidway } from "./sabotage/kill-switch.ts";

export const killSwitchStillOff: Proof = {
  id: "PROOF-7",
  claim: "the kill switch is STILL OFF, and no source changed",
  sabotage: [switchFlippedMidway, armedMidway, holdMidway],
  async run(context) {
    const reading = context.killSwitch();
    const unchanged = expectEqual("sources since PROOF-1", context.record.switchAtStart, switchState(reading));
    const summary = `executionEnabled()=${switchFacts(reading).execution_enabled}, sources unchanged`;
    return judge({ summary, facts: switchFacts(reading), mismatches: [...switchMismatches(reading), ...unchanged] });
  },
};
