/**
 * selfcheck: `cutter proof selfcheck`: runs the sabotages of every target on the embedded database and prints the
 * table, and those that it has no second session for.
 *
 * Never names a database of the operator's. Called by proofs/commands.ts.
 */
import type { Globals } from "../../src/cli/command/command.ts";
import { paint, type Terminal } from "../../src/cli/terminal.ts";
import { stopwatch, timestamp } from "../../src/kernel/clock.ts";
import { describeTarget } from "../../src/kernel/conninfo/describe.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { stateDirectory } from "../../src/kernel/private-files/state-directory.ts";
import { COMMIT, VERSION } from "../../src/kernel/version.ts";
import { allCaught, renderSelfcheck, type SelfcheckReport } from "../../src/report/selfcheck.ts";
import { battery } from "../battery.ts";
import type { Proof } from "../proof.ts";
import { SELFCHECK_DATABASE, selfcheckEmbedded } from "../selfcheck-embedded.ts";

const NOT_PROVEN = 3;

/** `proofs`: the battery but in tests. */
export async function selfcheck(
  { globals }: { readonly globals: Globals },
  terminal: Terminal,
  proofs: readonly Proof[] = battery,
): Promise<number | Failure> {
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  const startedAt = timestamp();
  const elapsed = stopwatch();
  const seen = await selfcheckEmbedded({ stateDirectory: state, proofs });
  if (seen instanceof Failure) return seen;
  const { source, kind } = SELFCHECK_DATABASE;
  const report: SelfcheckReport = {
    schema: "cutter.selfcheck/v1",
    version: VERSION,
    commit: COMMIT,
    startedAt,
    durationMs: elapsed(),
    database: { line: describeTarget(SELFCHECK_DATABASE), source, kind },
    ...seen,
  };
  const palette = (text: string, style: Parameters<typeof paint>[1]) => paint(text, style, terminal.colour.stdout);
  await terminal.result(renderSelfcheck(report, globals.format, palette));
  return allCaught(seen.results) ? 0 : NOT_PROVEN;
}
