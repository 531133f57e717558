/**
 * pace.test: a time left that is honest: not told without a basis, from the last moments, and not of what stands still.
 */
import { expect, test } from "bun:test";
import { limits } from "../../kernel/limits.ts";
import { Pace } from "./pace.ts";

const SECOND_MS = 1000;

/** So many a second, told once a second, from one second to another; answers what was done in the end. */
function run(pace: Pace, order: { from: number; to: number; perSecond: number; done?: number }): number {
  let done = order.done ?? 0;
  for (let second = order.from; second <= order.to; second += 1) {
    pace.record(second * SECOND_MS, done);
    if (second < order.to) done += order.perSecond;
  }
  return done;
}

test("nothing is told before there is a basis: too few samples, too short a time, nothing done", () => {
  const [one, short, idle] = [new Pace(), new Pace(), new Pace()];
  one.record(0, 0);
  one.record(10 * SECOND_MS, 500);
  run(short, { from: 0, to: 2, perSecond: 100 });
  run(idle, { from: 0, to: 10, perSecond: 0 });
  const asked = [
    [one, 10 * SECOND_MS],
    [short, 2 * SECOND_MS],
    [idle, 10 * SECOND_MS],
  ] as const;
  const told = asked.map(([pace, nowMs]) => [pace.rate(nowMs), pace.leftMs(nowMs, 1000)]);
  expect(told).toEqual([
    [null, null],
    [null, null],
    [null, null],
  ]);
});

test("a steady pace: the rate, and a time left that counts down between two samples", () => {
  const pace = new Pace();
  run(pace, { from: 0, to: 10, perSecond: 100 });
  expect([pace.rate(10_000), pace.leftMs(10_000, 2_000), pace.leftMs(10_500, 2_000)]).toEqual([100, 10_000, 9_500]);
});

test("one that slowed down promises what it does now, not what it did", () => {
  const pace = new Pace();
  const done = run(pace, { from: 0, to: 10, perSecond: 1000 });
  run(pace, { from: 10, to: 60, perSecond: 10, done });
  expect([pace.rate(60_000), pace.leftMs(60_000, done + 600)]).toEqual([10, 10_000]);
});

test("of one that stands still, or has come to its end, no time is told", () => {
  const pace = new Pace();
  const done = run(pace, { from: 0, to: 10, perSecond: 100 });
  const late = 10_000 + limits.paceStillMs;
  expect([pace.leftMs(10_000, done), pace.rate(late), pace.rate(late + 1), pace.leftMs(late + 1, 2_000)]).toEqual([
    ...[null, 100, null, null],
  ]);
});

test("batches that take longer than the window still give a pace; and a count that falls back begins anew", () => {
  const slow = new Pace();
  for (let batch = 0; batch < 5; batch += 1) slow.record(batch * 30_000, batch * 300);
  expect([slow.rate(125_000), slow.leftMs(120_000, 2_400)]).toEqual([10, 120_000]);
  slow.record(121_000, 5);
  expect(slow.rate(121_000)).toBe(null);
});

test("ten thousand advances a second cost no more than a few: one sample is kept for each moment", () => {
  const pace = new Pace();
  for (let step = 0; step <= 300_000; step += 1) pace.record(step / 10, step);
  expect(pace.kept).toBeLessThanOrEqual(2 * (limits.paceWindowMs / limits.paceSampleMs));
  expect(Math.round(pace.rate(30_000) ?? 0)).toBe(10_000);
});
