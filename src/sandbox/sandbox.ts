/**
 * sandbox: what is known of one sandbox while it is built, used and taken down: its order, its servers, its logs.
 *
 * Holds state for the steps and decides nothing. All that it makes is written down by exact name before it is made.
 * `takeDown` removes it, whatever came before, and may be called from a signal: from then on nothing more is made, what
 * is under way is waited for, and a second call waits for the first.
 */
import { join } from "node:path";
import { onStartedProcess, startedProcesses } from "../kernel/child-process.ts";
import { timestamp } from "../kernel/clock.ts";
import type { Environment } from "../kernel/conninfo/naming.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import type { Judged } from "../report/battery.ts";
import { GateLedger } from "./gate-ledger.ts";
import { unmeasuredGates } from "./gates/embedded.ts";
import type { Privileges } from "./gates/server.ts";
import type { RowChange } from "./gates/verification.ts";
import { Journal } from "./journal.ts";
import { type LeftoverRecord, recordDirectory } from "./leftovers/record.ts";
import type { GrowingLog } from "./measure/growing-log.ts";
import type { HostState } from "./measure/host-state.ts";
import type { InstanceScan } from "./measure/instances.ts";
import { Secrets } from "./measure/secrets.ts";
import { Processes } from "./processes.ts";
import type { Passwords } from "./providers/passwords.ts";
import type { Provider, RunningServer } from "./providers/provider.ts";
import type { Made } from "./roles-made.ts";
import type { BackupOrder, LiveOrder } from "./sources/order.ts";
import type { Source, Watch } from "./sources/source.ts";
import type { Keys, Staged } from "./stage/facts.ts";
import { type TakenDown, takeDownAll } from "./teardown.ts";
import { caught } from "./thrown.ts";

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
  /** What is started from then on is not of this sandbox. */
  readonly forgetProcesses: () => void;
  readonly gates = new GateLedger();
  readonly secrets = new Secrets();
  readonly servers: RunningServer[] = [];
  readonly results: ScenarioResult[] = [];
  /** The files in which secrets belong, each by its exact path; they are found nowhere else. */
  readonly homes: string[] = [];
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
  /** Of that server; null where it writes none. */
  log: GrowingLog | null = null;
  /** System identifier of that server, as it said when nothing of the dump had run in it. */
  identifier: string | null = null;
  privileges: Privileges | null = null;
  /** What it was given of production's roles. */
  readonly made: Made[] = [];
  rows: readonly RowChange[] = [];
  /** What ended it before its time; null where nothing did. */
  interrupted: Failure | null = null;
  /** Whether it came as far as C-11: before that there is nothing worth keeping. */
  reached: "building" | "verification" = "building";
  /** How many processes this program had started before: those are not the sandbox's. */
  readonly #startedBefore = startedProcesses().length;
  readonly #underway = new Set<Promise<unknown>>();
  #takenDown: Promise<TakenDown> | null = null;

  constructor(order: SandboxOrder) {
    this.order = order;
    this.name = order.name;
    this.gates.leaveOut(unmeasuredGates(order.provider.lacks));
    this.workDirectory = join(recordDirectory(order.stateDirectory), order.name);
    this.processes = new Processes(this.journal);
    this.forgetProcesses = onStartedProcess((started) => {
      this.journal.process(started);
      this.processes.commandLines.push(started.words.join(" "));
    });
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
    const order = {
      ...{ name, cluster, settings, workDirectory: this.workDirectory, timeoutMs: limits.sandboxStartTimeoutMs },
      ...{ passwords: known(this.passwords, "passwords"), record: known(this.record, "record") },
    };
    return this.during(async () => {
      const end = this.journal.begin({ kind: "server", what: `start ${name}, provider ${this.order.provider.name}` });
      const server = await caught(`the start of ${name}`, () => this.order.provider.start(order));
      if (isServer(server)) this.servers.push(server);
      end(isServer(server) ? server.version : server.code);
      return server;
    });
  }

  /** Whatever makes or starts something: not begun once the end has begun, which waits for what is under way. */
  async during<T>(work: () => Promise<T>): Promise<T | Failure> {
    if (this.#takenDown !== null) return this.interrupted ?? new Failure("INTERRUPTED", ENDING);
    const running = work();
    this.#underway.add(running);
    try {
      return await running;
    } finally {
      this.#underway.delete(running);
    }
  }

  /** Processes that were started since it began, by whom it may be. */
  get started(): ReturnType<typeof startedProcesses> {
    return startedProcesses().slice(this.#startedBefore);
  }

  /** A signal: everything is removed, and the report says by what it was ended. */
  interrupt(reason: Failure): Promise<TakenDown> {
    this.interrupted ??= reason;
    return this.takeDown();
  }

  /** Everything, by exact name; what could not be removed stays on record, for a sweep. Never rejects. */
  takeDown(): Promise<TakenDown> {
    const { record, processes, servers, watch, order } = this;
    const standing = { record, processes, servers, watch, underway: this.#underway, environment: order.environment };
    this.#takenDown ??= takeDownAll(standing).finally(this.forgetProcesses);
    return this.#takenDown;
  }
}

const ENDING = "the sandbox is being taken down, and nothing more is made for it";

function isServer(server: RunningServer | Failure): server is RunningServer {
  return "stop" in server;
}

/** What an earlier step made; that it did not is a bug. */
export function known<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`the sandbox has no ${what} yet`);
  return value;
}
