/**
 * html/judged: proofs or gates, each to be opened for its facts; what went wrong is open already.
 *
 * Nothing is judged here: the words are those of the document. Pure.
 */
import type { FailureDocument, Judged, Verdict } from "../battery.ts";
import { left } from "../table.ts";
import { element, type Ink, type Markup, said, words } from "./element.ts";
import { factList } from "./fact-list.ts";
import { htmlTable } from "./table.ts";
import { type Tone, timeline } from "./timeline.ts";

const TONE: Readonly<Record<Verdict, Tone>> = { PASS: "good", FAIL: "bad", INCONCLUSIVE: "wait", "NOT RUN": "open" };

/** In the order in which they ran, each with when it began and how long it took. */
export function judgedTimeline(title: string, all: readonly Judged[], ink: Ink): Markup {
  const steps = all.map((one) => ({
    ...{ kind: "phase" as const, name: one.id, word: one.verdict, tone: TONE[one.verdict], detail: one.claim },
    small: one.verdict === "NOT RUN" ? [] : [...(one.summary === "" ? [] : [one.summary]), `${one.durationMs} ms`],
    durationMs: one.verdict === "NOT RUN" ? null : one.durationMs,
  }));
  return timeline(title, steps, ink);
}

export function judgedDetails(all: readonly Judged[], ink: Ink): readonly Markup[] {
  return all.map((one) => details(one, ink));
}

function details(one: Judged, ink: Ink): Markup {
  const summary = element("summary", {}, [
    element("strong", { class: "id" }, [words(one.id)]),
    element("span", { class: `word tone-${TONE[one.verdict]}` }, [words(one.verdict)]),
    element("span", {}, [said(one.claim, ink)]),
  ]);
  const body = element("div", { class: "body" }, [
    ...(one.summary === "" ? [] : [element("p", {}, [said(one.summary, ink)])]),
    ...mismatches(one, ink),
    ...(one.failure === null ? [] : failure(one.failure, ink)),
    element("h3", {}, [words("Facts")]),
    factList(one.facts, ink),
  ]);
  return element("details", isSettled(one) ? {} : { open: "open" }, [summary, body]);
}

/** It passed, or it has nothing to say but that it was not run. */
function isSettled({ verdict }: Judged): boolean {
  return verdict === "PASS" || verdict === "NOT RUN";
}

function mismatches({ mismatches: all }: Judged, ink: Ink): readonly Markup[] {
  if (all.length === 0) return [];
  const rows = all.map(({ what, expected, seen }) => [what, expected, seen]);
  const table = { columns: [left("what"), left("expected"), left("seen")], rows };
  return [element("h3", {}, [words("Not as claimed")]), htmlTable("Not as claimed", table, ink)];
}

function failure({ code, message, data, hint, facts }: FailureDocument, ink: Ink): readonly Markup[] {
  return [
    element("h3", {}, [words("What went wrong")]),
    factList({ code, message, ...facts, "what it means for the data": data, "what to do": hint }, ink),
  ];
}
