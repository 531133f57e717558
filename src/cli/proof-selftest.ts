/**
 * proof-selftest: `cutter selftest`: is this program what was built, and do its proofs fail where they should?
 *
 * Looks at itself first; only a program that is as it was built proves anything. Then the battery and its sabotages on
 * the database inside. Names no database, reads no configuration, needs no state directory and writes no file. Called
 * by commands.ts, after an installation or whenever a disk is in doubt.
 */
import { battery } from "../../proofs/battery.ts";
import type { Proof } from "../../proofs/proof.ts";
import { type EmbeddedSelfcheck, selfcheckEmbedded } from "../../proofs/selfcheck-embedded.ts";
import { stopwatch, timestamp } from "../kernel/clock.ts";
import { Failure } from "../kernel/failure.ts";
import { COMMIT, SQL_DIGEST, VERSION } from "../kernel/version.ts";
import { checkOwnProgram, type OwnParts, ownParts } from "../readiness/own-program.ts";
import {
  isGood,
  renderSelftest,
  type SelftestCheck,
  type SelftestReport,
  selftestVerdict,
} from "../report/selftest.ts";
import type { Globals } from "./command/command.ts";
import { EXIT, tellFailure } from "./exit.ts";
import { paint, type Terminal } from "./terminal.ts";

type Invocation = { readonly globals: Globals };

/** What is tested; the program that runs and its battery but in tests. */
export type Tested = { readonly parts: OwnParts; readonly proofs: readonly Proof[] };

/** The kill switch is asked where no HOLD can be: it is the program that is tested, not this machine's state. */
const NO_STATE = "/nonexistent/cutter";

export async function selftest({ globals }: Invocation, terminal: Terminal, tested?: Tested): Promise<number> {
  const { parts, proofs } = tested ?? { parts: await ownParts(), proofs: battery };
  const startedAt = timestamp();
  const elapsed = stopwatch();
  const own = await checkOwnProgram(parts);
  await terminal.talk(`${own.length} checks of the program itself are done; now its proofs, a few seconds`);
  const seen = await provenBy(own, proofs);
  const checks = [...own, ...seen.checks];
  const report: SelftestReport = {
    ...{ schema: "cutter.selftest/v1", version: VERSION, commit: COMMIT, sqlDigest: SQL_DIGEST },
    ...{ program: process.execPath, platform: `${process.platform} ${process.arch}` },
    ...{ startedAt, durationMs: elapsed(), checks, results: seen.results, notRun: seen.notRun, left: "nothing" },
    verdict: selftestVerdict(
      { checks, results: seen.results },
      proofs.map(({ id }) => id),
    ),
  };
  const palette = (text: string, style: Parameters<typeof paint>[1]) => paint(text, style, terminal.colour.stdout);
  await terminal.result(renderSelftest(report, globals.format, palette));
  if (isGood(report)) return EXIT.done;
  return tellFailure(new Failure("SELFTEST_FAILED", whatFailed(report)), terminal);
}

type Seen = EmbeddedSelfcheck & { readonly checks: readonly SelftestCheck[] };

const CLAIM = "each sabotage turns its proof red";

async function provenBy(own: readonly SelftestCheck[], proofs: readonly Proof[]): Promise<Seen> {
  const none = (got: string): Seen => {
    return { results: [], notRun: [], checks: [{ name: "proofs", holds: false, expected: CLAIM, got }] };
  };
  if (!own.every(({ holds }) => holds)) return none("not run, since the program is not as it was built");
  const seen = await selfcheckEmbedded({ stateDirectory: NO_STATE, proofs });
  return seen instanceof Failure ? none(`${seen.code}: ${seen.message}`) : { ...seen, checks: [] };
}

function whatFailed({ checks, results }: SelftestReport): string {
  const changed = checks.filter(({ holds }) => !holds).map(({ name, got }) => `${name} (${got})`);
  const blind = results.filter(({ caught }) => !caught).map((one) => `${one.target} ${one.proof}: ${one.sabotage}`);
  const [first = "a proof that nothing was done to", ...more] = [...changed, ...blind];
  return `not as it should be: ${first}${more.length === 0 ? "" : ` and ${more.length} more`}`;
}
