/**
 * selfcheck: `cutter proof selfcheck`: runs every sabotage on the embedded database and prints the table.
 *
 * Never names a database of the operator's: sabotages really break things.
 */
import type { Globals } from "../../src/cli/command/command.ts";
import { paint, type Terminal } from "../../src/cli/terminal.ts";
import { stopwatch, timestamp } from "../../src/kernel/clock.ts";
import { describeTarget } from "../../src/kernel/conninfo/describe.ts";
import type { EmbeddedTarget } from "../../src/kernel/conninfo/target.ts";
import { defaultCountOptions } from "../../src/kernel/counts/count.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { limits } from "../../src/kernel/limits.ts";
import { stateDirectory } from "../../src/kernel/private-files/state-directory.ts";
import { COMMIT, VERSION } from "../../src/kernel/version.ts";
import { allCaught, renderSelfcheck, type SelfcheckReport } from "../../src/report/selfcheck.ts";
import { connect } from "../connections.ts";
import type { ProofOptions } from "../context.ts";
import { makeContext } from "../run.ts";
import { runSelfcheck } from "../selfcheck.ts";
import { iuTarget } from "../targets/iu.ts";

const NOT_PROVEN = 3;

/** Retries off: a sabotage is not a passing disturbance. */
const OPTIONS: ProofOptions = {
  retries: 0,
  lockTimeoutMs: limits.lockTimeoutMs,
  statementTimeoutMs: limits.statementTimeoutMs,
  counts: defaultCountOptions,
  allowances: [],
  expectedRole: null,
  maxLockMs: null,
  maxRows: null,
};

export async function selfcheck({ globals }: { globals: Globals }, terminal: Terminal): Promise<number | Failure> {
  const state = stateDirectory(process.env, { flag: globals.stateDir });
  if (state instanceof Failure) return state;
  const startedAt = timestamp();
  const elapsed = stopwatch();
  const target: EmbeddedTarget = { kind: "embedded", source: "--embedded" };
  const connections = connect({
    target,
    witnessTarget: null,
    embeddedRole: "cutter_exec",
    counts: defaultCountOptions,
  });
  const fresh = () =>
    makeContext(
      { options: OPTIONS, stateDirectory: state },
      { connections, target: async () => iuTarget("selfcheck") },
    );
  const results = await runSelfcheck(fresh);
  await connections.close();
  if (results instanceof Failure) return results;
  const report: SelfcheckReport = {
    schema: "cutter.selfcheck/v1",
    version: VERSION,
    commit: COMMIT,
    startedAt,
    durationMs: elapsed(),
    database: { line: describeTarget(target), source: target.source, kind: target.kind },
    results,
  };
  const palette = (text: string, style: Parameters<typeof paint>[1]) => paint(text, style, terminal.colour.stdout);
  await terminal.result(renderSelfcheck(report, globals.format, palette));
  return allCaught(results) ? 0 : NOT_PROVEN;
}
