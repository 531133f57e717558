/**
 * sandbox: what is known of one sandbox while it is built, used and taken down: its order, its servers, its logs.
 *
 * Holds state for the steps and decides nothing. All that it makes is written down by exact name before it is made.
 * `takeDown` removes it, whatever came before, and may be called from a signal: a second call waits for the first.
 */
import { join } from "node:path";
import { sleep, timestamp } from "../kernel/clock.ts";
import type { Environment } from "../kernel/conninfo/naming.ts";
import type { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import type { Judged } from "../report/battery.ts";
import { GateLedger } from "./gate-ledger.ts";
import { unmeasuredGates } from "./gates/embedded.ts";
import type { Privileges } from "./gates/server.ts";
import type { RowChange } from "./gates/verification.ts";
import { Journal } from "./journal.ts";
import { type LeftoverRecord, recordDirectory } from "./leftovers/record.ts";
import { describeResource, type Resource } from "./leftovers/resource.ts";
import { removeRecorded } from "./leftovers/sweep.ts";
import type { HostState } from "./measure/host-state.ts";
import type { InstanceScan } from "./measure/instances.ts";
import { Secrets } from "./measure/secrets.ts";
import { Processes } from "./processes.ts";
import type { Passwords } from "./providers/passwords.ts";
import type { Provider, RunningServer } from "./providers/provider.ts";
import type { BackupOrder, LiveOrder } from "./sources/order.ts";
import type { Source, Watch } from "./sources/source.ts";
import type { Keys, Staged } from "./stage/facts.ts";

export type SandboxOrder = {
  /** Exact; all that is made bears it. */
  readonly name: string;
  readonly stateDirectory: string;
  readonly provider: Provider;
  readonly source:
    | { readonly kind: "reference" }
    | ({ readonly kind: "live" } & LiveOrder)
    | ({ readonly kind: "backup" } & BackupOrder);
  readonly minFreeBytes: number;
  /** `allowed`: somebody answers for what code of the source can reach from a server that is not closed. */
  readonly outbound: "allowed" | "refused";
  readonly afterwards: "remove" | "keep";
  /** The words that start this program. */
  readonly self: readonly string[];
  readonly environment: Environment;
  /** What S2 cuts; null: the document with the most units, as the database holds it. */
  readonly document: { readonly bytes: Uint8Array; readonly fileName: string; readonly profile: string } | null;
  /** Talk, for people. */
  readonly tell: (sentence: string) => Promise<void>;
};

export type TakenDown = {
  readonly removed: readonly string[];
  readonly left: readonly string[];
  /** What else went wrong, though it left nothing of the sandbox: a cache that could not be filled. */
  readonly troubles: readonly string[];
};

/** Of one scenario: what it said, and what the evidence keeps of it. */
export type ScenarioResult = {
  readonly judged: Judged;
  readonly log: string;
  readonly trace: string;
  readonly startedMs: number;
  readonly endedMs: number;
};

export class Sandbox {
  readonly order: SandboxOrder;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly startedAt = timestamp();
  readonly workDirectory: string;
  readonly journal = new Journal();
  readonly processes: Processes;
  readonly gates = new GateLedger();
  readonly secrets = new Secrets();
  readonly servers: RunningServer[] = [];
  readonly results: ScenarioResult[] = [];
  record: LeftoverRecord | null = null;
  passwords: Passwords | null = null;
  /** A second directory of its own, with a short path. */
  temporary: string | null = null;
  keys: Keys | null = null;
  staged: Staged | null = null;
  instances: InstanceScan | null = null;
  host: HostState | null = null;
  source: Source | null = null;
  watch: Watch | null = null;
  server: RunningServer | null = null;
  privileges: Privileges | null = null;
  rows: readonly RowChange[] = [];
  /** Everything that stood on record when it was taken down. */
  everMade: readonly Resource[] = [];
  #starting: Promise<unknown> = Promise.resolve();
  #takenDown: Promise<TakenDown> | null = null;

  constructor(order: SandboxOrder) {
    this.order = order;
    this.name = order.name;
    this.gates.leaveOut(unmeasuredGates(order.provider.lacks));
    this.workDirectory = join(recordDirectory(order.stateDirectory), order.name);
    this.processes = new Processes(this.journal);
  }

  /** A path in the sandbox's own directory. */
  path(...parts: readonly string[]): string {
    return join(this.workDirectory, ...parts);
  }

  tell(sentence: string): Promise<void> {
    return this.order.tell(sentence);
  }

  async startServer(
    name: string,
    cluster: "fresh" | "may be cloned",
    settings: Readonly<Record<string, string>>,
  ): Promise<RunningServer | Failure> {
    const end = this.journal.begin({ kind: "server", what: `start ${name}, provider ${this.order.provider.name}` });
    const starting = this.order.provider.start({
      ...{ name, cluster, settings, workDirectory: this.workDirectory, timeoutMs: limits.sandboxStartTimeoutMs },
      ...{ passwords: known(this.passwords, "passwords"), record: known(this.record, "record") },
    });
    this.#starting = starting;
    const server = await starting;
    if (isServer(server)) this.servers.push(server);
    end(isServer(server) ? server.version : server.code);
    return server;
  }

  /** Everything, by exact name; what could not be removed stays on record, for a sweep. */
  takeDown(): Promise<TakenDown> {
    this.#takenDown ??= this.#takeDown();
    return this.#takenDown;
  }

  async #takeDown(): Promise<TakenDown> {
    const record = this.record;
    this.everMade = record?.resources ?? [];
    await this.processes.endAll();
    await this.watch?.end();
    // A start that is cut off by a signal ends what it began; removing that under its hands would leave some of it.
    await Promise.race([this.#starting, sleep(limits.sandboxStopTimeoutMs)]);
    const stopped = await Promise.all(this.servers.map((server) => server.stop()));
    // What a start that was cut off had made is on record, and is no server of ours yet.
    const rest = record === null ? [] : [await removeRecorded(record, this.order.environment)];
    const reports = [...stopped, ...rest];
    const removed = reports.flatMap((report) => report.removed.map(describeResource));
    const named = (record?.resources ?? []).map(describeResource);
    const reasons = reports.flatMap((report) =>
      report.left.map(({ resource, reason }) => [describeResource(resource), reason]),
    );
    const why = new Map(reasons as [string, string][]);
    const troubles = reports.flatMap(({ trouble }) => (trouble === null ? [] : [trouble.message]));
    const left = named.map((one) => `${one}: ${why.get(one) ?? "it is still on record"}`);
    if (record === null || named.length > 0) return { removed, left, troubles };
    const unclosed = record.close();
    return { removed, left: unclosed === null ? left : [...left, unclosed.message], troubles };
  }
}

function isServer(server: RunningServer | Failure): server is RunningServer {
  return "stop" in server;
}

/** What an earlier step made; that it did not is a bug. */
export function known<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`the sandbox has no ${what} yet`);
  return value;
}
