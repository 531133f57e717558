/**
 * html/steps: the way of a run as a timeline: phases and gates that were passed, where it waits, what is to come.
 *
 * A document of a version that did not write the steps shows its phases alone. Pure.
 */
import type { RunReport } from "../run-document.ts";
import { element, type Ink, listed, type Markup, nested, words } from "./element.ts";
import { factList } from "./fact-list.ts";
import { hidden } from "./table.ts";
import { type TimelineStep, timeline } from "./timeline.ts";

type Way = Pick<RunReport, "steps" | "phases">;

const TONE = { done: "good", failed: "bad", waiting: "wait", "to come": "open" } as const;

export function stepsTimeline(title: string, { steps, phases }: Way, ink: Ink): Markup {
  return timeline(title, steps.length === 0 ? phases.map(ofPhase) : steps.map(ofStep), ink);
}

function ofStep({ kind, name, does, standing, at, attempts, note }: RunReport["steps"][number]): TimelineStep {
  const passed = kind === "gate" && standing === "done" ? "passed" : standing;
  const small = [at ?? "", attempts > 1 ? `${attempts} attempts` : "", note ?? ""].filter((text) => text !== "");
  const tone = TONE[standing];
  return { kind, name, word: passed, tone, detail: does, small, durationMs: null };
}

function ofPhase({ phase, attempt, outcome, at }: RunReport["phases"][number]): TimelineStep {
  const tone = outcome === "done" ? "good" : "bad";
  return {
    ...{ kind: "phase", name: phase, word: outcome, tone, detail: "" },
    small: attempt === 1 ? [at] : [at, `attempt ${attempt}`],
    durationMs: null,
  };
}

/** Each attempt with its facts; what was not done is open already. */
export function phaseDetails(phases: RunReport["phases"], ink: Ink): readonly Markup[] {
  const shown = listed(phases, ink).map(({ phase, attempt, outcome, at, facts }) => {
    const summary = element("summary", {}, [
      element("strong", {}, [words(phase)]),
      element("span", { class: `word tone-${outcome === "done" ? "good" : "bad"}` }, [words(outcome)]),
      element("span", {}, [words(`attempt ${attempt}, ${at}`)]),
    ]);
    const body = element("div", { class: "body" }, [factList(facts, nested(ink))]);
    return element("details", outcome === "done" ? {} : { open: "open" }, [summary, body]);
  });
  return [...shown, ...hidden(phases.length - shown.length, "attempts")];
}
