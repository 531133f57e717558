/**
 * html/timeline: what happened in order, as a list with a line down its side: phases, gates, proofs.
 *
 * A mark's shape says what its colour says. Where steps have a duration, a bar shows when each began and how long it
 * took, in proportion to the whole. Pure.
 */
import { element, type Ink, listed, type Markup, said, words } from "./element.ts";
import { hidden } from "./table.ts";

export type Tone = "good" | "bad" | "wait" | "open";

export type TimelineStep = {
  /** A gate is where a person or a proof decides; it gets a mark of its own. */
  readonly kind: "phase" | "gate";
  readonly name: string;
  /** The word for its standing: PASS, done, waiting. */
  readonly word: string;
  readonly tone: Tone;
  readonly detail: string;
  /** Small print: a time, a number of attempts. */
  readonly small: readonly string[];
  readonly durationMs: number | null;
};

const MARKS: Readonly<Record<Tone, string>> = { good: "✓", bad: "✕", wait: "!", open: "" };
const TRACK = 1000;

export function timeline(title: string, steps: readonly TimelineStep[], ink: Ink): Markup {
  const total = steps.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  let begun = 0;
  const items = listed(steps, ink).map((step) => {
    const from = begun;
    begun += step.durationMs ?? 0;
    return item(step, { from, total }, ink);
  });
  const list = element("ol", { class: "timeline", "aria-label": title }, items);
  return element("div", {}, [list, ...hidden(steps.length - items.length, "steps")]);
}

type Span = { readonly from: number; readonly total: number };

function item(step: TimelineStep, span: Span, ink: Ink): Markup {
  const mark = element("span", { class: `mark ${step.kind}`, "aria-hidden": "true" }, [
    element("span", {}, [words(MARKS[step.tone])]),
  ]);
  const head = element("p", { class: "step" }, [
    element("strong", {}, [said(step.name, ink)]),
    words(" "),
    element("span", { class: `word tone-${step.tone}` }, [said(step.word, ink)]),
  ]);
  return element("li", { class: `tone-${step.tone}` }, [
    mark,
    element("div", {}, [
      head,
      ...(step.detail === "" ? [] : [element("p", { class: "detail" }, [said(step.detail, ink)])]),
      ...(step.small.length === 0 ? [] : [element("p", { class: "small" }, [said(step.small.join(" · "), ink)])]),
      ...(step.durationMs === null || span.total === 0 ? [] : [track(step.durationMs, span)]),
    ]),
  ]);
}

function track(durationMs: number, { from, total }: Span): Markup {
  const at = (ms: number): number => Math.round((ms / total) * TRACK);
  const width = Math.max(at(durationMs), 4);
  const attributes = { class: "track", viewBox: `0 0 ${TRACK} 6`, preserveAspectRatio: "none", "aria-hidden": "true" };
  return element("svg", { ...attributes, focusable: "false" }, [
    element("rect", { class: "ground", width: TRACK, height: 6 }),
    element("rect", { class: "took", x: Math.min(at(from), TRACK - width), width, height: 6 }),
  ]);
}
