/**
 * gates/sample: for each gate one measurement with which it passes, and others each of which has to turn it red.
 *
 * Used by the tests of the gates and of the sequence; never by the program.
 */
import { AFTER } from "./sample-after.ts";
import { BUILD } from "./sample-build.ts";
import type { Sample } from "./sample-parts.ts";

export const SAMPLES: readonly Sample[] = [...BUILD, ...AFTER];
