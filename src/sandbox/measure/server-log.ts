/**
 * measure/server-log: the log of a server that we configured, read as entries: who came, what was said, who left.
 *
 * The prefix is ours (`LOG_SETTINGS`), so each entry begins in one known way and goes on in lines that begin with a
 * tab. What has another form is kept as text of the entry before. Pure but for reading the file. Called by the
 * scenarios, which cut their traces from it, and by the gates' measurements.
 */
import * as fs from "node:fs";
import { limits } from "../../kernel/limits.ts";

/** Settings of each server that a sandbox starts. */
export const LOG_SETTINGS: Readonly<Record<string, string>> = {
  log_line_prefix: "%m|%p|%u|%a|%e|",
  log_timezone: "UTC",
  log_connections: "on",
  log_disconnections: "on",
  log_statement: "all",
  log_min_messages: "info",
  log_min_error_statement: "error",
  log_parameter_max_length: "160",
  log_parameter_max_length_on_error: "0",
};

export type LogEntry = {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly pid: number;
  /** Empty before the login. */
  readonly role: string;
  readonly application: string;
  readonly sqlstate: string;
  /** `LOG`, `ERROR`, `FATAL`, `DETAIL`. */
  readonly level: string;
  readonly text: string;
};

const PREFIX =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}) UTC\|(\d+)\|([^|]*)\|([^|]*)\|([0-9A-Z]{5})\|([A-Z0-9]+): {2}(.*)$/;

export function parseLog(text: string): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  for (const line of text.split("\n")) {
    const [, at, pid, role, application, sqlstate, level, said] = PREFIX.exec(line) ?? [];
    if (at !== undefined) {
      entries.push({
        at: `${at.replace(" ", "T")}Z`,
        ...{ pid: Number(pid), role: name(role), application: name(application) },
        ...{ sqlstate: sqlstate ?? "", level: level ?? "", text: said ?? "" },
      });
      continue;
    }
    const last = entries.pop();
    if (last !== undefined) entries.push(line === "" ? last : { ...last, text: `${last.text}\n${line}` });
  }
  return entries;
}

function name(text: string | undefined): string {
  return text === undefined || text === "[unknown]" ? "" : text;
}

/** Bytes of the file now: where a trace begins or ends. */
export function logLength(path: string): number {
  return fs.statSync(path).size;
}

/** From one place to another, at most limits.sandboxTraceBytes. */
export function readLog(path: string, from = 0, to = Number.POSITIVE_INFINITY): string {
  const end = Math.min(to, logLength(path), from + limits.sandboxTraceBytes);
  const bytes = Buffer.alloc(Math.max(0, end - from));
  const file = fs.openSync(path, "r");
  try {
    const read = fs.readSync(file, bytes, 0, bytes.byteLength, from);
    return bytes.toString("utf8", 0, read);
  } finally {
    fs.closeSync(file);
  }
}

/** Sessions that logged in, by what they called themselves then. */
export function loginsIn(
  entries: readonly LogEntry[],
): readonly { readonly role: string; readonly application: string }[] {
  return entries.flatMap(({ text }) => {
    const [, role = "", , application = ""] = AUTHORIZED.exec(text) ?? [];
    return role === "" ? [] : [{ role, application }];
  });
}

const AUTHORIZED = /^connection authorized: user=(\S+) database=(\S+)(?: application_name=(.*?))?(?: SSL .*)?$/;

/** What of an entry tells of a session: that it came, that it was refused at the door after all, that it left. */
type Passage = { readonly pid: number; readonly is: "come" | "refused" | "gone"; readonly role: string };

function passagesIn(entries: readonly LogEntry[]): readonly Passage[] {
  return entries.flatMap(({ pid, sqlstate, text }): Passage[] => {
    const [, role] = AUTHORIZED.exec(text) ?? [];
    if (role !== undefined) return [{ pid, is: "come", role }];
    if (sqlstate === "53300") return [{ pid, is: "refused", role: "" }];
    return text.startsWith("disconnection: ") ? [{ pid, is: "gone", role: "" }] : [];
  });
}

/** The most sessions of each role at a time, in the whole log; at most limits.sandboxLogBytes of it. */
export function peakSessions(path: string): ReadonlyMap<string, number> {
  const passages: Passage[] = [];
  for (const entries of entriesOf(path)) passages.push(...passagesIn(entries));
  return peaksOf(passages);
}

/** One that was refused at the door (53300) never was one. A number may be given out again: only its last is meant. */
function peaksOf(passages: readonly Passage[]): ReadonlyMap<string, number> {
  const last = new Map<number, number>();
  const refused = new Set<number>();
  for (const [index, { pid, is }] of passages.entries()) {
    if (is === "come") last.set(pid, index);
    if (is === "refused") refused.add(last.get(pid) ?? -1);
  }
  const present = new Map<number, string>();
  const peak = new Map<string, number>();
  for (const [index, { pid, is, role }] of passages.entries()) {
    if (is === "gone") present.delete(pid);
    if (is !== "come" || refused.has(index)) continue;
    present.set(pid, role);
    const now = [...present.values()].filter((one) => one === role).length;
    peak.set(role, Math.max(peak.get(role) ?? 0, now));
  }
  return peak;
}

/** Piece by piece, each cut where an entry ends: a line that begins with the time. */
function* entriesOf(path: string): Generator<readonly LogEntry[]> {
  const piece = Buffer.alloc(limits.digestChunkBytes);
  const file = fs.openSync(path, "r");
  try {
    let rest = Buffer.alloc(0);
    let total = 0;
    for (let read = fs.readSync(file, piece); read > 0; read = fs.readSync(file, piece)) {
      total += read;
      if (total > limits.sandboxLogBytes) break;
      const bytes = Buffer.concat([rest, piece.subarray(0, read)]);
      const end = bytes.lastIndexOf("\n") + 1;
      yield parseLog(bytes.toString("utf8", 0, end));
      rest = bytes.subarray(end);
    }
    yield parseLog(rest.toString("utf8"));
  } finally {
    fs.closeSync(file);
  }
}
