/**
 * pace: how fast a step has gone of late, and so how long it may still take; null while nothing can be said of that.
 *
 * From the last moments and never from the whole, so that a step that slows down does not promise what it did when it
 * was fast. Of one that stands still nothing is said. Pure: it is told the time. Called by progress.ts.
 */
import { limits } from "../../kernel/limits.ts";

type Sample = { readonly atMs: number; readonly done: number };

/** With fewer there is no telling a pace from a moment. */
const FEWEST_SAMPLES = 3;

export class Pace {
  #samples: Sample[] = [];

  /** Cheap enough for every batch: what comes within a moment of the last takes its place. */
  record(atMs: number, done: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && done < last.done) this.#samples = [];
    const before = this.#samples.at(-2);
    if (before !== undefined && atMs - before.atMs < limits.paceSampleMs) this.#samples.pop();
    this.#samples.push({ atMs, done });
    const old = this.#samples.findIndex((sample) => atMs - sample.atMs <= limits.paceWindowMs);
    this.#samples.splice(0, Math.min(old, this.#samples.length - FEWEST_SAMPLES));
  }

  /** How many samples are kept. */
  get kept(): number {
    return this.#samples.length;
  }

  /** Per second. */
  rate(nowMs: number): number | null {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || this.#samples.length < FEWEST_SAMPLES) return null;
    const spanMs = last.atMs - first.atMs;
    if (spanMs < limits.paceBasisMs || last.done === first.done) return null;
    const usualMs = spanMs / (this.#samples.length - 1);
    if (nowMs - last.atMs > Math.max(limits.paceStillMs, STILL_AFTER * usualMs)) return null;
    return ((last.done - first.done) / spanMs) * 1000;
  }

  /** Milliseconds until `total` is reached; null too where it is reached. */
  leftMs(nowMs: number, total: number): number | null {
    const rate = this.rate(nowMs);
    const last = this.#samples.at(-1);
    if (rate === null || last === undefined || last.done >= total) return null;
    return Math.max(((total - last.done) / rate) * 1000 - (nowMs - last.atMs), 0);
  }
}

/** So many times as long as usual without another sample: it stands still. */
const STILL_AFTER = 4;
