/**
 * html/page: a small report as a page: what text and Markdown show of counts, kill switch, readiness and the like.
 *
 * `Page` in, one HTML document out. Pure.
 */
import type { Page } from "../page.ts";
import { htmlDocument } from "./document.ts";
import { sectionBody } from "./table.ts";

export function htmlPage({ title, first, about, sections, last, outcome }: Page): string {
  return htmlDocument((ink) => ({
    ...{ kind: title, title: first, verdictLine: last, tone: outcome, meaning: [], about, next: [], program: "cutter" },
    sections: sections.map((section, index) => {
      return { id: `section-${index + 1}`, title: section.title, body: sectionBody(section, ink) };
    }),
  }));
}
