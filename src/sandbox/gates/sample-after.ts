/**
 * gates/sample-after: samples of G-14 to G-25: what is measured after the scenarios, and after everything was removed.
 *
 * Used by sample.ts; never by the program.
 */
import { G23, G24, G25 } from "./after.ts";
import { G19, G20, G21, G22 } from "./conduct.ts";
import {
  DIFFERENCE,
  ENTRY,
  LIMIT,
  OTHER,
  PHASES,
  PRIVILEGES,
  PRODUCTION,
  RUN,
  type Sample,
  SCAN,
  SIZE,
  SPAN,
  sample,
} from "./sample-parts.ts";
import { G14, G15, G16, G17, G18, type ProductionKind } from "./verification.ts";

export const AFTER: readonly Sample[] = [
  sample(
    G14,
    {
      ...{ tables: ["run"], views: ["v_run"], wantedTables: ["run"], wantedViews: ["v_run"] },
      differences: [] as readonly never[],
    },
    {
      "a table is gone": (one) => ({ ...one, tables: [] }),
      "a view came": (one) => ({ ...one, views: ["v_run", "v_x"] }),
      "a column differs": (one) => ({ ...one, differences: [{ ...DIFFERENCE, kind: "column" }] as never }),
      "none was wanted": (one) => ({ ...one, tables: [], wantedTables: [] }),
    },
  ),
  sample(
    G15,
    { rows: [{ relation: "x", before: 1, predicted: 2, after: 3 }], scenarios: 12 },
    {
      "a row more than predicted": (one) => ({ ...one, rows: [{ relation: "x", before: 1, predicted: 2, after: 4 }] }),
      "nothing was counted": (one) => ({ ...one, rows: [] }),
      "nobody predicted": (one) => ({ ...one, scenarios: 0 }),
    },
  ),
  sample(
    G16,
    { first: PRIVILEGES, now: PRIVILEGES, size: SIZE },
    {
      "a privilege came": (one) => ({ ...one, now: { ...PRIVILEGES, differences: [DIFFERENCE] as never } }),
      "one is gone": (one) => ({ ...one, now: { ...PRIVILEGES, tablePrivileges: 32 } }),
    },
  ),
  sample(
    G17,
    {
      ...{ kind: "stand-in" as ProductionKind, before: PRODUCTION, after: PRODUCTION },
      server: "primary" as const,
      ...{ recorded: ["s read"], seen: ["s read"], how: "log", runs: ["r"], runsThere: [] as readonly string[] },
      runsPredicted: 1,
      ...{ places: ["/s/s"], own: ["/s"], waysOut: [] as readonly string[] },
    },
    {
      "somebody else came": (one) => ({ ...one, seen: ["s read", "cutter/0.1.0 exec"] }),
      "a connection leads to production": (one) => ({ ...one, places: ["/s/s", "/production"] }),
      "a connection leads beside it": (one) => ({ ...one, places: ["/s/s", "/s2/s"] }),
      "production has a run of it": (one) => ({ ...one, runsThere: ["r"] }),
      "the server had a way out": (one) => ({ ...one, waysOut: ["the socket /s"] }),
      "no run was asked for": (one) => ({ ...one, runs: [] }),
      "no connection was looked at": (one) => ({ ...one, places: [] }),
      "a row was written": (one) => ({ ...one, after: { ...PRODUCTION, written: 10 } }),
      "a row is another one": (one) => ({ ...one, after: { ...PRODUCTION, contents: ["x: 4"] } }),
      "it was restarted": (one) => ({ ...one, after: { ...PRODUCTION, startedAt: "u" } }),
      "it is another server": (one) => ({ ...one, after: { ...PRODUCTION, systemIdentifier: "8" } }),
      "it was a standby, and is the primary now": (one) => ({
        ...one,
        before: { ...PRODUCTION, timeline: null as never },
      }),
      "no session was recorded": (one) => ({ ...one, recorded: [], seen: [] }),
      "a backup was made from, and a session came": (one) => ({ ...one, kind: "backup" as const }),
    },
  ),
  sample(
    G18,
    {
      ...{ planted: 8, searched: ["files 3"], bytes: 100, found: [] as readonly string[] },
      ...{ unread: [] as readonly string[], homes: ["/s/pgpass"] },
    },
    {
      "a password is in a log": (one) => ({ ...one, found: ["password of x in y.log"] }),
      "a directory could not be searched": (one) => ({ ...one, unread: ["cannot read /s/data: EACCES"] }),
      "nothing was planted": (one) => ({ ...one, planted: 0 }),
      "nothing was searched": (one) => ({ ...one, bytes: 0 }),
    },
  ),
  sample(
    G19,
    { entries: [ENTRY], wanted: ["C-01"], started: [{ pid: 7, program: "ls" }] },
    {
      "a process is not in it": (one) => ({ ...one, started: [...one.started, { pid: 8, program: "ls" }] }),
      "another process is in it": (one) => ({ ...one, started: [{ pid: 8, program: "ls" }] }),
      "a process is in it that nobody started": (one) => ({ ...one, entries: [ENTRY, { ...ENTRY, number: 2 }] }),
      "an entry is missing": (one) => ({ ...one, entries: [{ ...ENTRY, number: 2 }] }),
      "one has no end": (one) => ({ ...one, entries: [{ ...ENTRY, outcome: null }] }),
      "a command is not in it": (one) => ({ ...one, wanted: ["C-01", "C-02"] }),
      "a scenario is not in it": (one) => ({ ...one, wanted: ["C-01", "S3"] }),
      "it is empty": (one) => ({ ...one, entries: [], wanted: [], started: [] }),
    },
  ),
  sample(
    G20,
    { open: [] as readonly string[], prepared: [] as readonly string[], sessions: 1, allowed: 10 },
    {
      "a transaction is open": (one) => ({ ...one, open: ["7 cutter_exec idle in transaction"] }),
      "one is prepared": (one) => ({ ...one, prepared: ["x of y"] }),
      "none could ever be prepared": (one) => ({ ...one, allowed: 0 }),
      "the server shows nobody": (one) => ({ ...one, sessions: 0 }),
    },
  ),
  sample(
    G21,
    { roles: [LIMIT] as readonly (typeof LIMIT)[], cuts: [] as readonly string[] },
    {
      "three sessions at a time": (one) => ({ ...one, roles: [{ ...LIMIT, peak: 3 }] }),
      "the limit was lifted": (one) => ({ ...one, roles: [{ ...LIMIT, limit: -1 }] }),
      "nobody of the role came": (one) => ({ ...one, roles: [{ ...LIMIT, peak: 0 }] }),
      "no role has a limit": (one) => ({ ...one, roles: [] }),
      "the log was cut": (one) => ({ ...one, cuts: ["900 bytes were there, then 0"] }),
    },
  ),
  sample(
    G22,
    {
      ...{ spans: [SPAN, { name: "S2", startedMs: 5, endedMs: 6 }], runs: [RUN], order: ["survey", "cutplan"] },
      ...{ from: "2026-01-01T00:00:00Z", to: "2026-01-01T00:01:00Z" },
    },
    {
      "two steps overlap": (one) => ({ ...one, spans: [SPAN, { name: "S2", startedMs: 4, endedMs: 6 }] }),
      "a step ends before it begins": (one) => ({ ...one, spans: [{ ...SPAN, endedMs: -1 }] }),
      "the phases are in another order": (one) => ({ ...one, runs: [{ runId: "r", phases: PHASES.toReversed() }] }),
      "a phase is no phase": (one) => ({ ...one, order: ["survey"] }),
      "a phase is from yesterday": (one) => ({ ...one, from: "2026-01-02T00:00:00Z", to: "2026-01-02T00:01:00Z" }),
      "there was no step": (one) => ({ ...one, spans: [] }),
      "there was no phase": (one) => ({ ...one, runs: [] }),
    },
  ),
  sample(
    G23,
    { names: ["a"], listed: ["a"], bytes: 1, secrets: 8, found: [] as readonly string[] },
    {
      "a secret is in one": (one) => ({ ...one, found: ["password of x in a"] }),
      "one is not in the manifest": (one) => ({ ...one, listed: [] }),
      "the manifest names another": (one) => ({ ...one, listed: ["a", "b"] }),
      "there are none": (one) => ({ ...one, names: [], listed: [] }),
      "no secret was looked for": (one) => ({ ...one, secrets: 0 }),
    },
  ),
  sample(
    G24,
    { before: SCAN, after: SCAN },
    {
      "a server is gone": (one) => ({ ...one, after: { ...SCAN, instances: [] } }),
      "a server was restarted": (one) => ({ ...one, after: { ...SCAN, instances: [OTHER] } }),
      "docker answers no more": (one) => ({ ...one, after: { ...SCAN, unknown: ["containers: no answer"] } }),
      "a container is gone": (one) => ({ ...one, after: { ...SCAN, containers: [] } }),
      "the host was booted": (one) => ({ ...one, after: { ...SCAN, host: "host, boot 2" } }),
      "the host does not say who it is": () => ({ before: { ...SCAN, host: "" }, after: { ...SCAN, host: "" } }),
    },
  ),
  sample(
    G25,
    { kind: "live" as ProductionKind, before: PRODUCTION, again: PRODUCTION, made: 5, left: [] as readonly string[] },
    {
      "a directory is left": (one) => ({ ...one, left: ["directory /tmp/x"] }),
      "production is another server": (one) => ({ ...one, again: { ...PRODUCTION, systemIdentifier: "8" } }),
      "production was promoted": (one) => ({ ...one, again: { ...PRODUCTION, timeline: 2 } }),
      "its identity is not known": (one) => ({
        ...one,
        before: { ...PRODUCTION, systemIdentifier: null as never },
        again: { ...PRODUCTION, systemIdentifier: null as never },
      }),
      "nothing was ever made": (one) => ({ ...one, made: 0 }),
    },
  ),
];
