/**
 * fixed-world: takes time and chance out of this process, so that the same input gives the same bytes.
 *
 * initdb writes the time of day and random numbers into a database (system identifier, file times, statistics, uuids).
 * Imported first, before anything can have looked at a clock. Time stands still but for one millisecond a look, since
 * waiting loops must end; chance is a counter under SHA-256. Only ever imported by make.ts, in a process of its own.
 */
import crypto, { createHash } from "node:crypto";

/** 2026-01-01T00:00:00Z: when every snapshot was made. */
const BEGINNING_MS = Date.UTC(2026, 0, 1);

let looks = 0;

function look(): number {
  looks += 1;
  return looks;
}

Date.now = () => BEGINNING_MS + look();
globalThis.Date = new Proxy(Date, {
  construct: (RealDate, values) => Reflect.construct(RealDate, values.length === 0 ? [RealDate.now()] : values),
});
performance.now = look;

let blocks = 0;

/** Fills the view with bytes that look random and are the same every time. */
function fill<View extends ArrayBufferView>(view: View): View {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let at = 0; at < bytes.length; at += 32) {
    blocks += 1;
    bytes.set(
      createHash("sha256")
        .update(`cutter ${blocks}`)
        .digest()
        .subarray(0, bytes.length - at),
      at,
    );
  }
  return view;
}

crypto.randomFillSync = fill as typeof crypto.randomFillSync;
globalThis.crypto.getRandomValues = fill as typeof globalThis.crypto.getRandomValues;
Math.random = () => (fill(new Uint32Array(1))[0] ?? 0) / 2 ** 32;
