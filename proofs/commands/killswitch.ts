/**
 * killswitch: `cutter proof killswitch`: asserts that execution is off and names every source of that.
 *
 * Makes no connection, and has no way to turn anything on.
 */
import type { Globals } from "../../src/cli/command/command.ts";
import { EXIT, tellFailure } from "../../src/cli/exit.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { executionEnabled, readKillSwitch, switchMismatches } from "../../src/kernel/kill-switch.ts";
import { stateDirectory } from "../../src/kernel/private-files/state-directory.ts";
import { type KillSwitchReport, renderKillSwitch } from "../../src/report/kill-switch.ts";

export async function killswitch({ globals }: { globals: Globals }, terminal: Terminal): Promise<number | Failure> {
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  const reading = readKillSwitch({ stateDirectory: state });
  const mismatches = switchMismatches(reading);
  const report: KillSwitchReport = {
    schema: "cutter.killswitch/v1",
    verdict: mismatches.length === 0 ? "PASS" : "FAIL",
    readAt: reading.readAt,
    executionEnabled: executionEnabled(reading),
    milestone: reading.milestone,
    sources: reading.sources,
    mismatches,
  };
  await terminal.result(renderKillSwitch(report, globals.format));
  const [first] = mismatches;
  if (first === undefined) return EXIT.done;
  const message = `the kill switch: ${first.what}: expected ${first.expected}, seen ${first.seen}`;
  return tellFailure(new Failure("NOT_PROVEN", message, { data: "No connection was made." }), terminal);
}
