/**
 * update: a page with the answers of a real run in the place of those that are not true any more.
 *
 * What still fits stays to the letter, so that times and names on the page change only where their block did. Where
 * lines are left out (`…`), as many as before are shown before and after the gap; what stood between two gaps is not
 * guessed. Pure; used by scripts/docs.ts.
 */
import { joinWrapped } from "./compare.ts";
import type { Page } from "./page.ts";
import type { Played } from "./play.ts";

export function updatedPage(page: Page, played: readonly Played[]): string {
  const lines = [...page.lines];
  const stale = played.filter(({ problem }) => problem !== null);
  for (const { step, answer } of [...stale].sort((one, other) => other.step.outputLines[0] - one.step.outputLines[0])) {
    const [from, to] = step.outputLines;
    lines.splice(from, to - from, ...shortened(step.output, answer));
  }
  return lines.join("\n");
}

function shortened(before: readonly string[], answer: readonly string[]): readonly string[] {
  const first = before.findIndex((line) => line.trim() === "…");
  if (first === -1) return answer;
  const last = before.findLastIndex((line) => line.trim() === "…");
  const whole = joinWrapped(answer);
  const head = wholeLines(answer, joinWrapped(before.slice(0, first)).length);
  const tailCount = joinWrapped(before.slice(last + 1)).length;
  const tail = tailCount === 0 ? [] : answer.slice(wholeLines(answer, whole.length - tailCount).length);
  return [...answer.slice(0, head.length), "…", ...tail];
}

/** The lines of a text that its first so many whole ones take. */
function wholeLines(lines: readonly string[], count: number): readonly string[] {
  const fits = lines.findLastIndex((_, index) => joinWrapped(lines.slice(0, index + 1)).length <= count);
  return count <= 0 ? [] : lines.slice(0, fits + 1);
}
