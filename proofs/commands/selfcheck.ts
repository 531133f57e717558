/**
 * selfcheck: `cutter proof selfcheck`: runs the sabotages of every target on the embedded database and prints the
 * table, and those that it has no second session for.
 *
 * Never names a database of the operator's: sabotages really break things.
 */
import type { Globals } from "../../src/cli/command/command.ts";
import { paint, type Terminal } from "../../src/cli/terminal.ts";
import { stopwatch, timestamp } from "../../src/kernel/clock.ts";
import { describeTarget } from "../../src/kernel/conninfo/describe.ts";
import type { EmbeddedTarget } from "../../src/kernel/conninfo/target.ts";
import { defaultCountOptions } from "../../src/kernel/counts/request.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { limits } from "../../src/kernel/limits.ts";
import { stateDirectory } from "../../src/kernel/private-files/state-directory.ts";
import { COMMIT, VERSION } from "../../src/kernel/version.ts";
import { allCaught, renderSelfcheck, type SelfcheckReport } from "../../src/report/selfcheck.ts";
import { connect } from "../connections.ts";
import type { ProofOptions } from "../context.ts";
import { makeContext } from "../run.ts";
import { cannotRun, runSelfcheck, type SabotageResult, type UnrunSabotage } from "../selfcheck.ts";
import { SELFCHECK_ROLES, SELFCHECK_TARGETS } from "../selfcheck-targets.ts";

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
  const results: SabotageResult[] = [];
  const notRun: UnrunSabotage[] = [];
  for (const [embeddedRole, kinds] of SELFCHECK_ROLES) {
    const connections = connect({ target, witnessTarget: null, embeddedRole, counts: defaultCountOptions });
    for (const kind of kinds) {
      const parts = { connections, target: SELFCHECK_TARGETS[kind] };
      const seen = await runSelfcheck(() => makeContext({ options: OPTIONS, stateDirectory: state }, parts));
      if (seen instanceof Failure) {
        await connections.close();
        return seen;
      }
      results.push(...seen);
      notRun.push(...cannotRun(kind, connections.sessions));
    }
    await connections.close();
  }
  const report: SelfcheckReport = {
    schema: "cutter.selfcheck/v1",
    version: VERSION,
    commit: COMMIT,
    startedAt,
    durationMs: elapsed(),
    database: { line: describeTarget(target), source: target.source, kind: target.kind },
    results,
    notRun,
  };
  const palette = (text: string, style: Parameters<typeof paint>[1]) => paint(text, style, terminal.colour.stdout);
  await terminal.result(renderSelfcheck(report, globals.format, palette));
  return allCaught(results) ? 0 : NOT_PROVEN;
}
