/**
 * gates/conduct: G-19 to G-22: how it all went: every command logged, no transaction left, limits and order kept.
 *
 * Judged after the last scenario, while the server still runs. Pure. Called by the step C-11.
 */
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual } from "../../report/judgement.ts";
import type { JournalEntry } from "../journal.ts";
import { type Gate, mustHold, unexpected } from "./gate.ts";

export type Logged = {
  /** As they stand in the file of the log. */
  readonly entries: readonly JournalEntry[];
  /** What has to be in it at least once: the commands, and the scenarios that were run. */
  readonly wanted: readonly string[];
  /** Processes that this program started, as it counts them where they are started: the log is not asked. */
  readonly started: readonly { readonly pid: number; readonly program: string }[];
};

export const G19: Gate<Logged> = {
  id: "G-19",
  claim: "every command is in the log, with how it ended",
  judge({ entries, wanted, started }) {
    const processes = entries.filter(({ kind }) => kind === "process");
    const logged = new Set(processes.map(({ pid }) => pid));
    const past = started.filter(({ pid }) => !logged.has(pid));
    const missing = wanted.filter(
      (name) => !entries.some((entry) => entry.command === name || entry.scenario === name),
    );
    return {
      summary: `${entries.length} entries, ${processes.length} of them the processes that were started`,
      facts: { entries: entries.length, processes: processes.length, started: started.length },
      mismatches: [
        ...mustHold("entries of the log", entries.length),
        ...mustHold("processes that were started", started.length),
        ...expectEqual("processes in the log", started.length, processes.length),
        ...past.map(({ pid, program }) => ({ what: `process ${pid} ${program}`, expected: "logged", seen: "not" })),
        ...missing.map((what) => ({ what, expected: "an entry of the log", seen: "none" })),
        ...entries.flatMap((entry, index) => expectEqual(`number of entry ${index + 1}`, index + 1, entry.number)),
        ...entries
          .filter(({ outcome }) => outcome === null)
          .map(({ number, what }) => ({ what: `entry ${number}: ${what}`, expected: "its end", seen: "none" })),
      ],
    };
  },
};

export type OpenTransactions = {
  /** `pid role state` of each session that has a transaction open. */
  readonly open: readonly string[];
  readonly prepared: readonly string[];
  /** Sessions that the server showed when it was asked: our own at least. */
  readonly sessions: number;
  /** How many transactions the server would let be prepared: where it is none, that none is says nothing. */
  readonly allowed: number;
};

export const G20: Gate<OpenTransactions> = {
  id: "G-20",
  claim: "no transaction is left open, and none prepared",
  judge: ({ open, prepared, sessions, allowed }) => ({
    summary: "no transaction open, none prepared",
    facts: { sessions, open, prepared, max_prepared_transactions: allowed },
    mismatches: [
      ...mustHold("sessions that the server shows", sessions),
      ...mustHold("transactions that may be prepared (max_prepared_transactions)", allowed),
      ...unexpected("open transaction", open),
      ...unexpected("prepared transaction", prepared),
    ],
  }),
};

export type RoleLimit = {
  readonly role: string;
  /** As the matrix says; null where it says nothing. */
  readonly wanted: number | null;
  /** As the server has it. */
  readonly limit: number | null;
  /** The most sessions at a time, by the server's own log. */
  readonly peak: number;
};

/** `cuts`: where the log, of which the peaks are read, was not only added to. */
export type RoleLimits = { readonly roles: readonly RoleLimit[]; readonly cuts: readonly string[] };

export const G21: Gate<RoleLimits> = {
  id: "G-21",
  claim: "no role ever had more sessions than its limit",
  judge({ roles, cuts }) {
    const limited = roles.filter(({ wanted }) => wanted !== null);
    return {
      summary: limited.map(({ role, peak, limit }) => `${role} ${peak} of ${limit}`).join(", "),
      facts: { roles: roles.map(({ role, wanted, limit, peak }) => ({ role, wanted, limit, peak })) },
      mismatches: [
        ...mustHold("roles with a limit", limited.length),
        ...unexpected("the server's log was cut", cuts, "only added to"),
        ...limited.flatMap(({ role, wanted, limit, peak }): Mismatch[] => [
          ...expectEqual(`connection limit of ${role}`, wanted, limit),
          ...mustHold(`sessions of ${role} in the server's log`, peak),
          ...(peak > (wanted ?? peak)
            ? [{ what: `sessions of ${role} at a time`, expected: `at most ${wanted}`, seen: `${peak}` }]
            : []),
        ]),
      ],
    };
  },
};

export type Span = { readonly name: string; readonly startedMs: number; readonly endedMs: number };

export type Course = {
  /** What was done, in the order in which it should have been; by one clock that never goes back. */
  readonly spans: readonly Span[];
  /** Phases of one run, in the order of the ledger's own times, with their place in a run. */
  readonly runs: readonly {
    readonly runId: string;
    readonly phases: readonly { readonly phase: string; readonly at: string }[];
  }[];
  readonly order: readonly string[];
  /** The whole sandbox, by the time of day. */
  readonly from: string;
  readonly to: string;
};

/** How far the server's clock, which is this host's, may differ from ours. */
const SKEW_MS = 2_000;

export const G22: Gate<Course> = {
  id: "G-22",
  claim: "order and timing are plausible",
  judge({ spans, runs, order, from, to }) {
    const phases = runs.flatMap((run) => run.phases);
    return {
      summary: `${spans.length} steps in order, ${phases.length} phases of ${runs.length} runs in theirs`,
      facts: { steps: spans.map(({ name, startedMs, endedMs }) => ({ name, startedMs, endedMs })), runs: runs.length },
      mismatches: [
        ...mustHold("steps", spans.length),
        ...mustHold("phases in the ledger", phases.length),
        ...spans.flatMap((span, index) => badSpan(span, spans[index - 1])),
        ...runs.flatMap((run) => badOrder(run, order)),
        ...phases
          .filter(({ at }) => isOutside(at, from, to))
          .map(({ phase, at }) => ({
            what: `time of a ${phase}`,
            expected: `between ${from} and ${to}`,
            seen: at,
          })),
      ],
    };
  },
};

function badSpan({ name, startedMs, endedMs }: Span, before: Span | undefined): Mismatch[] {
  const earliest = before?.endedMs ?? 0;
  return [
    ...(startedMs < earliest
      ? [{ what: `start of ${name}`, expected: `${earliest} ms or later`, seen: `${startedMs} ms` }]
      : []),
    ...(endedMs < startedMs
      ? [{ what: `end of ${name}`, expected: `${startedMs} ms or later`, seen: `${endedMs} ms` }]
      : []),
  ];
}

function badOrder({ runId, phases }: Course["runs"][number], order: readonly string[]): Mismatch[] {
  const places = phases.map(({ phase }) => order.indexOf(phase));
  const wrong = places.findIndex((place, index) => place === -1 || place < (places[index - 1] ?? 0));
  if (wrong === -1) return [];
  return [
    { what: `order of phases of ${runId}`, expected: order.join(" "), seen: phases.map((one) => one.phase).join(" ") },
  ];
}

function isOutside(at: string, from: string, to: string): boolean {
  const time = Date.parse(at);
  return !(time >= Date.parse(from) - SKEW_MS && time <= Date.parse(to) + SKEW_MS);
}
