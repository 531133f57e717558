/**
 * store/append-event: puts the next event at the end of both chains, in the transaction of what it tells.
 *
 * Never called outside a write. Texts are redacted here, so that no caller can forget it. Called by change.ts and
 * create-run.ts.
 */
import insertEvent from "../../../sql/store/insert-event.sql" with { type: "text" };
import lastEvent from "../../../sql/store/last-event.sql" with { type: "text" };
import { crashPoint } from "../../kernel/crash-point.ts";
import { canonicalJson } from "../../kernel/digest.ts";
import { redactFact } from "../../kernel/evidence/redaction.ts";
import type { Facts } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Connection } from "./connection.ts";
import { BEGINNING, type EventKind, eventDigest, type StoreEvent } from "./event.ts";

export type NewEvent = {
  readonly runId: string;
  readonly at: string;
  readonly kind: EventKind;
  readonly data: Facts;
  /** Digest of the run's last event; BEGINNING for its first. */
  readonly runPreviousSha256: string;
};

/** The event as it stands in the store now. Larger than limits.storeEventBytes is a bug: payloads are for run_phase. */
export function appendEvent(connection: Connection, event: NewEvent): StoreEvent {
  const data = redactFact(event.data) as Facts;
  const text = canonicalJson(data);
  if (text.length > limits.storeEventBytes) throw new Error(`an event of ${text.length} characters: ${event.kind}`);
  const [last] = connection.rows(lastEvent) as readonly { readonly sequence: number; readonly sha256: string }[];
  const placed = {
    ...event,
    data: JSON.parse(text) as Facts,
    sequence: (last?.sequence ?? 0) + 1,
    previousSha256: last?.sha256 ?? BEGINNING,
  };
  const sha256 = eventDigest(placed);
  connection.change(insertEvent, {
    sequence: placed.sequence,
    run_id: placed.runId,
    at: placed.at,
    kind: placed.kind,
    data: text,
    previous_sha256: placed.previousSha256,
    run_previous_sha256: placed.runPreviousSha256,
    sha256,
  });
  crashPoint("store-event-appended");
  return { ...placed, sha256 };
}
