/**
 * dry-run: a dry run in this process on a real database, of which a test replaces one part.
 *
 * Machine and services are taken for sound; all else is as `cutter dryrun` has it. For the tests of the gates; never
 * used by the program.
 */

import { timestamp } from "../../src/kernel/clock.ts";
import { runId } from "../../src/kernel/evidence/run-id.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { type KillSwitchReading, readKillSwitch } from "../../src/kernel/kill-switch.ts";
import { type DryRunContext, type DryRunOrder, emptyDryRunRecord } from "../../src/orchestrator/dry-run/context.ts";
import { dryRunReport } from "../../src/orchestrator/dry-run/report.ts";
import { runGates } from "../../src/orchestrator/dry-run/run-gates.ts";
import { liveSurveyor, type Sight, type Surveyor } from "../../src/orchestrator/dry-run/surveyor.ts";
import { simulatedAdapter } from "../../src/orchestrator/simulated.ts";
import { openStore } from "../../src/orchestrator/store/open-store.ts";
import type { Store } from "../../src/orchestrator/store/store.ts";
import type { TreesAtOnce } from "../../src/readiness/surroundings.ts";
import type { DryRunReport } from "../../src/report/dry-run.ts";
import { anyServer } from "../faults/stock.ts";
import { createDatabase, type TestDatabase } from "./database.ts";
import { temporaryFolder } from "./files.ts";
import { hostOf, succeed, targetOf } from "./target.ts";

/** What a test breaks: fields that take the place of the sound ones. */
export type Broken = (sound: DryRunContext) => Partial<DryRunContext>;

export type DryRunDesk = {
  readonly database: TestDatabase;
  readonly surveyor: Surveyor;
  dryRun(broken?: Broken): Promise<DryRunReport>;
  /** The surveyor, with something changed in what the look of that number saw. */
  atLook(number: number, change: (sight: Sight) => Sight | Failure): Surveyor;
  close(): Promise<void>;
};

export async function openDryRunDesk(): Promise<DryRunDesk> {
  const database = await createDatabase(await anyServer(), { template: "reference" });
  const host = hostOf(database.server.port, { host: database.server.socketDirectory, password: null });
  const surveyor = liveSurveyor(targetOf([host], { database: database.name, user: "context_pack_readonly" }));
  return {
    ...{ database, surveyor },
    dryRun: (broken = () => ({})) => dryRun(surveyor, broken),
    atLook: (number, change) => atLook(surveyor, number, change),
    async close() {
      await surveyor.close();
      database.drop();
    },
  };
}

const ORDER: Omit<DryRunOrder, "sessionId"> = {
  ...{ documentId: "ICX-CONST", source: null, actor: "test", because: "test" },
  ...{ publicationType: null, ownerRef: null, writingRole: "refused", atGates: "pass" },
};

const NO_TREES: TreesAtOnce = { facts: { trees: "none" }, manifests: [] };

async function dryRun(surveyor: Surveyor, broken: Broken): Promise<DryRunReport> {
  const state = temporaryFolder();
  const stores: Store[] = [];
  const sound: DryRunContext = {
    order: { ...ORDER, sessionId: runId("dryrun") },
    surveyor,
    surroundings: {
      program: async () => ({ summary: "test", facts: {}, mismatches: [] }),
      trees: async () => NO_TREES,
      services: async () => ({ summary: "none", facts: {}, mismatches: [] }),
    },
    killSwitch: () => readKillSwitch({ stateDirectory: state }),
    adapterFor: simulatedAdapter,
    async store() {
      const store = stores[0] ?? (await openStore(state));
      if (!(store instanceof Failure) && stores.length === 0) stores.push(store);
      return store;
    },
    ...{ now: timestamp, progress: () => {}, record: emptyDryRunRecord() },
  };
  const context = { ...sound, ...broken(sound) };
  const gates = await runGates(context);
  const times = { startedAt: timestamp(), finishedAt: timestamp(), durationMs: 0 };
  const named = {
    command: "test",
    database: { line: "", source: "", kind: "server" },
    folder: "",
    removal: [],
  } as const;
  const report = succeed(await dryRunReport(context, { ...times, ...named, gates }));
  for (const store of stores) store.close();
  return report;
}

/** What came of it in one line, e.g. `PASS PASS FAIL - - - PASS, exit 3`. */
export function outcome({ gates, exit }: DryRunReport): string {
  return `${gates.map(({ verdict }) => (verdict === "NOT RUN" ? "-" : verdict)).join(" ")}, exit ${exit}`;
}

export function seenIn({ gates }: DryRunReport, id: string): readonly string[] {
  const gate = gates.find((one) => one.id === id);
  return gate?.mismatches.map(({ what, seen }) => `${what}: ${seen}`) ?? [];
}

function atLook(surveyor: Surveyor, number: number, change: (sight: Sight) => Sight | Failure): Surveyor {
  let looks = 0;
  return {
    ...surveyor,
    async look(order) {
      const sight = await surveyor.look(order);
      looks += 1;
      return looks !== number || sight instanceof Failure ? sight : change(sight);
    },
  };
}

export const withTransactionId = (sight: Sight): Sight => ({
  ...sight,
  seen: sight.seen && { ...sight.seen, transactionId: "4711" },
});

/** As if execution were enabled. */
export function switchedOn(reading: KillSwitchReading): KillSwitchReading {
  const [first, ...others] = reading.sources;
  if (first === undefined) throw new Error("no source");
  return { ...reading, sources: [{ ...first, says: "on", detail: "true" }, ...others] };
}
