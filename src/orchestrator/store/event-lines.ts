/**
 * store/event-lines: the events of one run as JSON lines, which anyone can check without the store.
 *
 * Pure. Each line is canonical JSON with its place in both chains; the chain of the run has no gaps here. The last line
 * is a seal: made from the others, no event, so that a file that was cut at its end is noticed. Written into evidence
 * and checked by `cutter verify`.
 */
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import { BEGINNING, eventDigest, parseCanonical, parseEventFields, type StoreEvent } from "./event.ts";

export type VerifiedLines = {
  readonly runId: string;
  readonly events: number;
  /** Of the last event; to be compared with one that was kept elsewhere. */
  readonly lastSequence: number;
  readonly sha256: string;
};

/** The events of one run, in order, and the seal; with the same events the same bytes. Empty for none. */
export function renderEventLines(events: readonly StoreEvent[]): string {
  const last = events.at(-1);
  if (last === undefined) return "";
  return [...events.map((event) => canonicalJson(fieldsOf(event))), canonicalJson(sealOf(last, events.length))]
    .map((line) => `${line}\n`)
    .join("");
}

/** The fields of an event as they are written, snake_case. */
function fieldsOf(event: StoreEvent): Facts {
  return {
    sequence: event.sequence,
    run_id: event.runId,
    at: event.at,
    kind: event.kind,
    data: event.data,
    previous_sha256: event.previousSha256,
    run_previous_sha256: event.runPreviousSha256,
    sha256: event.sha256,
  };
}

const SEAL = "end-of-events";

function sealOf(last: StoreEvent, events: number): Facts {
  const content = {
    ...{ sequence: last.sequence, run_id: last.runId, at: last.at, kind: SEAL, data: { events } },
    ...{ previous_sha256: last.previousSha256, run_previous_sha256: last.sha256 },
  };
  return { ...content, sha256: sha256(canonicalJson(content)) };
}

/**
 * What the lines are about, if they are as they were written. EVIDENCE_ALTERED with `facts.line`, 1-based, and
 * `facts.what`: malformed, changed, misplaced (cut, reordered, inserted), foreign, cut-off.
 */
export function verifyEventLines(text: string): VerifiedLines | Failure {
  const lines = text.split("\n");
  if (lines.pop() !== "") return altered(lines.length + 1, "cut-off", "has no end");
  let previous: StoreEvent | null = null;
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const event = readLine(line);
    if (typeof event === "string") return altered(index + 1, "malformed", `is no event: ${event}`);
    const problem = misfit(event, previous);
    if (problem !== null) return altered(index + 1, problem.what, problem.words);
    previous = event;
  }
  if (previous === null) return altered(Math.max(lines.length, 1), "cut-off", "is missing: there are no events");
  const events = lines.length - 1;
  if (lines.at(-1) !== canonicalJson(sealOf(previous, events))) {
    return altered(
      lines.length,
      "cut-off",
      "is not the seal of the lines before it: what followed was cut off or changed",
    );
  }
  return { runId: previous.runId, events, lastSequence: previous.sequence, sha256: previous.sha256 };
}

function readLine(line: string): StoreEvent | string {
  const value = parseCanonical(line);
  return value === undefined ? "it is not canonical JSON" : parseEventFields(value);
}

type Misfit = { readonly what: "changed" | "misplaced" | "foreign"; readonly words: string };

function misfit(event: StoreEvent, previous: StoreEvent | null): Misfit | null {
  if (event.sha256 !== eventDigest(event)) return { what: "changed", words: "was changed: its SHA-256 is another one" };
  if (previous !== null && event.runId !== previous.runId) {
    return { what: "foreign", words: `is of run ${event.runId}, and those before it are of ${previous.runId}` };
  }
  const follows = event.runPreviousSha256 === (previous?.sha256 ?? BEGINNING);
  if (follows && event.sequence > (previous?.sequence ?? 0)) return null;
  const words = previous === null ? "is not the first event of its run" : "does not follow the line before it";
  return { what: "misplaced", words };
}

function altered(line: number, what: Misfit["what"] | "malformed" | "cut-off", sentence: string): Failure {
  return new Failure("EVIDENCE_ALTERED", `line ${line} of the events ${sentence}`, { facts: { line, what } });
}
