/**
 * battery: the seven proofs in their order.
 *
 * The one list. Nothing is decided here; the runner, selfcheck and the tests read it.
 */
import type { Proof } from "./proof.ts";
import { killSwitchOff } from "./proof-1-kill-switch-off.ts";
import { writerRefuses } from "./proof-2-writer-refuses.ts";
import { connectionIsReal } from "./proof-3-connection-is-real.ts";
import { contractHolds } from "./proof-4-contract-holds.ts";
import { writeRollsBack } from "./proof-5-write-rolls-back.ts";
import { nothingStayed } from "./proof-6-nothing-stayed.ts";
import { killSwitchStillOff } from "./proof-7-kill-switch-still-off.ts";

export const battery: readonly Proof[] = [
  killSwitchOff,
  writerRefuses,
  connectionIsReal,
  contractHolds,
  writeRollsBack,
  nothingStayed,
  killSwitchStillOff,
];
