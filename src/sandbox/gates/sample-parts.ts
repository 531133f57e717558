/**
 * gates/sample-parts: what a sample of a gate is, and the values that several of them begin with.
 *
 * Used by the samples beside it; never by the program.
 */
import type { JournalEntry } from "../journal.ts";
import type { InstanceScan } from "../measure/instances.ts";
import type { Isolation } from "../providers/provider.ts";
import type { Gate } from "./gate.ts";
import type { TableRows } from "./server.ts";

export type Sample = {
  readonly id: string;
  readonly gate: Gate<unknown>;
  readonly healthy: unknown;
  readonly sabotages: Readonly<Record<string, unknown>>;
};

export function sample<M>(gate: Gate<M>, healthy: M, sabotages: Readonly<Record<string, (healthy: M) => M>>): Sample {
  const changed = Object.entries(sabotages).map(([what, change]) => [what, change(healthy)]);
  return { id: gate.id, gate: gate as Gate<unknown>, healthy, sabotages: Object.fromEntries(changed) };
}

const HOST = "host, boot 1";
const SERVER = { pid: 7, startTime: "100", directory: "/data" };
export const SCAN: InstanceScan = {
  ...{ instances: [SERVER], containers: ["container /db 1, begun t"], host: HOST, unknown: [], how: "/proc" },
  throwaway: [],
};
export const ISOLATION: Isolation = {
  ...{ listenAddresses: "", tcpListeners: [], publishedPorts: [], networks: [], waysOut: [] },
  asked: "SHOW listen_addresses",
};
export const OTHER = { ...SERVER, startTime: "200" };
export const CONTENT = { relation: "public.x", rows: 3, contentSha256: "a".repeat(64) };
export const TABLE: TableRows = { table: "theirs.x", dumped: 3, restored: 3, may: "have these" };
export const DIFFERENCE = {
  ...{ kind: "privilege", object: "SELECT on x to y", expected: null, actual: "granted", change: "excess" },
} as const;
export const PRIVILEGES = {
  settings: [],
  ...{ differences: [], checked: { privilege: 68 }, tablePrivileges: 33, columnUpdates: 3, grantOptions: [] },
};
export const SIZE = { tablePrivileges: 33, columnUpdates: 3 };
export const HOST_STATE = {
  services: [{ name: "ssh", begun: "MainPID=12" }],
  protected: ["process 7"],
  ...{ boot: HOST, installed: [{ place: "/usr/bin", files: ["ls 1"] }], servicesHow: "systemctl" },
};
export const PRODUCTION = { systemIdentifier: "7", timeline: 1, startedAt: "t", contents: ["x: 3"], written: 9 };
export const ENTRY: JournalEntry = {
  ...{ number: 1, command: "C-01", scenario: null, kind: "process", what: "ls", pid: 7, at: "t" },
  ...{ startedMs: 0, endedMs: 1, outcome: "exit 0" },
};
export const PRIVATE = { path: "/s", kind: "directory", mode: 0o700, owner: 0 } as const;
export const LIMIT = { role: "cutter_exec", wanted: 2, limit: 2, peak: 2 };
export const SPAN = { name: "S1", startedMs: 0, endedMs: 5 };
export const PHASES = [
  { phase: "survey", at: "2026-01-01T00:00:01Z" },
  { phase: "cutplan", at: "2026-01-01T00:00:02Z" },
];
export const RUN = { runId: "r", phases: PHASES };
