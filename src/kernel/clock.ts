/**
 * clock: the time of day in UTC, and a stopwatch that never goes back.
 *
 * The one place that reads a clock. Durations come from the monotonic one; the time of day is for people and names,
 * never for a decision about order. Everyone who needs either asks here.
 */

/** ISO 8601, UTC, milliseconds: `2026-05-21T04:23:59.123Z`. */
export function timestamp(): string {
  return new Date().toISOString();
}

/** Compact UTC second for names: `20260521T042359Z`. */
export function compactTimestamp(): string {
  return `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** Milliseconds since a moment of the system's clock, as a file's times are. */
export function sinceMs(epochMs: number): number {
  return Date.now() - epochMs;
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of `90m`, `24h` or `7d`; null for anything else. */
export function parseDuration(text: string): number | null {
  const [, amount, unit] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return null;
  return Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

/** A stopwatch: call it for the milliseconds since it was made. */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => Math.round((performance.now() - start) * 1000) / 1000;
}

/** Resolves after `durationMs`. */
export function sleep(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

/** Resolves when what was begun before has had its turn: a statement that was queued is on its way to the server. */
export function turnOfEvents(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
