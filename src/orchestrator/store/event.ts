/**
 * store/event: one line of what happened to runs, and its place in the two chains: of the store and of its run.
 *
 * Pure. The digest covers everything but itself, over canonical JSON, so a line that was changed, or put elsewhere,
 * does not fit. It shows tampering by someone who does not rewrite all that follows; a digest that was kept elsewhere
 * shows that too. Made by `appendEvent`, checked by chain.ts and event-lines.ts.
 */
import * as v from "valibot";
import { canonicalJson, sha256 } from "../../kernel/digest.ts";
import type { Facts, Failure } from "../../kernel/failure.ts";
import { unreadableRow } from "./run-record.ts";

export const EVENT_KINDS = [
  "run-created",
  "lock-acquired",
  "phase-begun",
  "phase-finished",
  "moved",
  "stopped",
  "approval-consumed",
  "noted",
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

export type StoreEvent = {
  /** 1, 2, 3 … over the whole store. */
  readonly sequence: number;
  readonly runId: string;
  /** ISO 8601, UTC; for people: the order is that of `sequence`. */
  readonly at: string;
  readonly kind: EventKind;
  readonly data: Facts;
  /** Of the event before this one in the store; 64 zeros for the first. */
  readonly previousSha256: string;
  /** Of the event before this one in its run; 64 zeros for the first. */
  readonly runPreviousSha256: string;
  readonly sha256: string;
};

/** What stands before the first event of a chain. */
export const BEGINNING = "0".repeat(64);

/** SHA-256 that the event must have. */
export function eventDigest(event: Omit<StoreEvent, "sha256">): string {
  return sha256(
    canonicalJson({
      sequence: event.sequence,
      run_id: event.runId,
      at: event.at,
      kind: event.kind,
      data: event.data,
      previous_sha256: event.previousSha256,
      run_previous_sha256: event.runPreviousSha256,
    }),
  );
}

const EventRow = v.strictObject({
  sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  run_id: v.string(),
  at: v.string(),
  kind: v.picklist(EVENT_KINDS),
  data: v.record(v.string(), v.unknown()),
  previous_sha256: v.string(),
  run_previous_sha256: v.string(),
  sha256: v.string(),
});

/** The fields of a line or row, `data` as JSON value, as an event; or, as a string, what is wrong with them. */
export function parseEventFields(fields: unknown): StoreEvent | string {
  const parsed = v.safeParse(EventRow, fields);
  if (!parsed.success) return v.summarize(parsed.issues);
  const { output } = parsed;
  return {
    sequence: output.sequence,
    runId: output.run_id,
    at: output.at,
    kind: output.kind,
    data: output.data as Facts,
    previousSha256: output.previous_sha256,
    runPreviousSha256: output.run_previous_sha256,
    sha256: output.sha256,
  };
}

/** STORE_DAMAGED where the row is no event. Whether it fits the chain is not asked here. */
export function parseEventRow(row: unknown): StoreEvent | Failure {
  const text = (row as { readonly data?: unknown }).data;
  const data = parseCanonical(text);
  if (data === undefined) return unreadableRow("event", "data is not canonical JSON");
  const event = parseEventFields({ ...(row as object), data });
  return typeof event === "string" ? unreadableRow("event", event) : event;
}

/** The value of a text that is canonical JSON to the byte; undefined for any other: a blank more is a change. */
export function parseCanonical(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return canonicalJson(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
