/**
 * html/fact-list: facts as a list of names and values, nested as they are.
 *
 * The same facts that the other formats show. What is deeper than a reader follows is one line of canonical JSON. Pure.
 */
import { canonicalJson } from "../../kernel/digest.ts";
import type { Fact } from "../../kernel/failure.ts";
import { factText } from "../facts.ts";
import { element, type Ink, listed, type Markup, nested, said, words } from "./element.ts";
import { hidden } from "./table.ts";

const DEPTH = 3;

type Facts = { readonly [name: string]: Fact };

export function factList(facts: Facts, ink: Ink, depth = DEPTH): Markup {
  const entries = Object.entries(facts);
  if (entries.length === 0) return element("p", { class: "note" }, [words("No facts.")]);
  const shown = listed(entries, ink).map(([name, fact]) =>
    element("div", {}, [
      element("dt", {}, [said(name, ink)]),
      element("dd", {}, [factValue(fact, nested(ink), depth)]),
    ]),
  );
  return element("div", {}, [
    element("dl", { class: "facts" }, shown),
    ...hidden(entries.length - shown.length, "facts"),
  ]);
}

function factValue(fact: Fact, ink: Ink, depth: number): Markup {
  if (fact === null || typeof fact !== "object") return said(factText(fact), ink);
  if (Array.isArray(fact) ? fact.length === 0 : Object.keys(fact).length === 0) return said("none", ink);
  if (depth === 0) return said(canonicalJson(fact), ink);
  if (!Array.isArray(fact)) return factList(fact as Facts, ink, depth - 1);
  const shown = listed(fact, ink).map((item) => element("li", {}, [factValue(item, nested(ink), depth - 1)]));
  return element("div", {}, [element("ul", {}, shown), ...hidden(fact.length - shown.length, "items")]);
}
