/**
 * progress-line: the words of a line of progress: how long, what, how much of how much, how fast, how long still.
 *
 * Where there is little room it leaves out the least first: what was done, then bytes, then the rate, then the time
 * left; what is going on comes first and stays. Pure. Called by progress.ts.
 */
import type { Advance } from "../../kernel/observer.ts";

export type Going = {
  readonly elapsedMs: number;
  readonly what: string;
  readonly advance: Advance | null;
  /** Of the advance's unit, per second. */
  readonly rate: number | null;
  readonly leftMs: number | null;
};

export function progressLine({ elapsedMs, what, advance, rate, leftMs }: Going, columns: number): string {
  const head = `${seconds(elapsedMs)}, ${what}`;
  if (advance === null) return head;
  const count = countOf(advance);
  const through = advance.bytes === undefined ? [] : [amount(advance.bytes, "bytes")];
  const fast = rate === null ? [] : [rateOf(rate, advance.unit)];
  const still = leftMs === null ? [] : [`about ${roughly(leftMs)} left`];
  const forms = [
    [`${count} ${advance.did}`, ...through, ...fast, ...still],
    [count, ...through, ...fast, ...still],
    [count, ...fast, ...still],
    [count, ...still],
    [count],
  ].map((parts) => `${head}: ${parts.join(", ")}`);
  return forms.find((line) => Bun.stringWidth(line) <= columns) ?? forms.at(-1) ?? head;
}

/** `0.4 s`, `12.1 s`, `2 min 5 s`: how long something took. */
export function duration(ms: number): string {
  return ms < 60_000 ? `${(Math.floor(ms / 100) / 10).toFixed(1)} s` : seconds(ms);
}

function seconds(ms: number): string {
  const whole = Math.floor(ms / 1000);
  if (whole < 120) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Never more exact than such a figure can be, and rounded up. */
function roughly(ms: number): string {
  const whole = Math.max(1, Math.ceil(ms / 1000));
  if (whole <= 10) return `${whole} s`;
  if (whole <= 55) return `${Math.ceil(whole / 5) * 5} s`;
  const minutes = Math.ceil(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

function countOf({ unit, done, total }: Advance): string {
  if (total === null) return amount(done, unit);
  return unit === "bytes" ? `${bytes(done)} of ${bytes(total)}` : `${number(done)} of ${amount(total, unit)}`;
}

function amount(count: number, unit: Advance["unit"]): string {
  return unit === "bytes" ? bytes(count) : `${number(count)} ${unit}`;
}

function rateOf(rate: number, unit: Advance["unit"]): string {
  if (unit === "bytes") return `${bytes(rate)}/s`;
  return `${rate < 10 ? rate.toFixed(1) : number(Math.round(rate))}/s`;
}

const BYTE_UNITS = ["bytes", "kB", "MB", "GB", "TB"] as const;

/** Powers of ten, as file managers and disks count. */
function bytes(count: number): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), BYTE_UNITS.length - 1);
  const scaled = count / 1000 ** step;
  return `${step === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${BYTE_UNITS[step]}`;
}

function number(count: number): string {
  return `${count}`.replaceAll(/\B(?=(\d{3})+$)/g, ",");
}
