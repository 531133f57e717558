/**
 * sample: a sandbox for tests: a state directory of its own, the local provider, and the program under test.
 *
 * Its steps are run by the test, as far as it likes; what was made is removed by `takeDown`. Never used by the program.
 */
import { dirname, join } from "node:path";
import { Failure } from "../kernel/failure.ts";
import { localProvider } from "./providers/local/local.ts";
import type { Provider } from "./providers/provider.ts";
import { Sandbox, type SandboxOrder } from "./sandbox.ts";
import { makeWorkDirectory, obtainDump, preflight } from "./steps/before.ts";
import { confirmIdentity, giveRoles, restore, stage, startIsolated } from "./steps/build.ts";

let made = 0;

type Changes = {
  /** Absolute; it need not be there. */
  readonly stateDirectory: string;
  readonly provider?: (sound: Provider) => Provider;
  readonly source?: SandboxOrder["source"];
  /** Words that start the program under test; it itself unless given. */
  readonly self?: readonly string[];
};

/** The words that start the program under test. */
export function programUnderTest(): readonly string[] {
  const { CUTTER_BINARY } = process.env;
  const main = join(dirname(import.meta.dirname), "main.ts");
  return CUTTER_BINARY === undefined ? [process.execPath, "--no-env-file", main] : [CUTTER_BINARY];
}

export function sampleSandbox({ stateDirectory, provider = (sound) => sound, source, self }: Changes): Sandbox {
  made += 1;
  return new Sandbox({
    ...{ name: `cutter-sandbox-s${process.pid}-${made}`, stateDirectory, minFreeBytes: 0, afterwards: "remove" },
    outbound: "refused",
    ...{ source: source ?? { kind: "reference" }, document: null, environment: process.env, tell: async () => {} },
    provider: provider(localProvider({ stateDirectory, binaries: null })),
    self: self ?? programUnderTest(),
  });
}

/** C-01 to C-07 and C-09, in order: everything that the scenarios need. */
export async function buildSandbox(sandbox: Sandbox): Promise<Failure | null> {
  const steps = [preflight, makeWorkDirectory, obtainDump, startIsolated, restore, giveRoles, confirmIdentity, stage];
  for (const step of steps) {
    const failed = await step(sandbox);
    if (failed !== null) return failed;
  }
  const red = sandbox.gates.results().find(({ verdict }) => verdict === "FAIL");
  return red === undefined ? null : new Failure("SANDBOX_NOT_PROVEN", `${red.id}: ${red.summary}`);
}
