/**
 * html/document: the whole page: verdict, what is to be done, what it is about, its sections, and how large it may get.
 *
 * One file that loads and runs nothing: its policy allows no source at all but the one style sheet, by digest. Headings
 * go down in order; each section has a name and a link to it. Where a page would be larger than its bound it is drawn
 * again with less of each list; facts.json beside it always has everything. Pure.
 */
import { sha256Base64 } from "../../kernel/digest.ts";
import { limits } from "../../kernel/limits.ts";
import { element, type Ink, type Markup, said, shortened, styleSheet, together, words } from "./element.ts";
import { STYLE } from "./style.ts";

export type HtmlSection = { readonly id: string; readonly title: string; readonly body: readonly Markup[] };

export type HtmlPage = {
  /** What kind of report it is, in words of ours: nothing that a database may choose stands above the verdict. */
  readonly kind: string;
  /** What it is about. */
  readonly title: string;
  /** The last line of the text report. */
  readonly verdictLine: string;
  readonly tone: "good" | "bad" | "wait";
  /** What the verdict means, for a person. */
  readonly meaning: readonly string[];
  readonly about: readonly (readonly [label: string, text: string])[];
  readonly next: readonly string[];
  readonly sections: readonly HtmlSection[];
  /** Which program made it. */
  readonly program: string;
};

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${sha256Base64(Buffer.from(STYLE))}='`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** From all that a reader may want to what still fits. */
const INKS: readonly Omit<Ink, "room">[] = [
  { rows: 1_000, characters: 4_000 },
  { rows: 200, characters: 1_000 },
  { rows: 50, characters: 250 },
  { rows: 12, characters: 100 },
];

/** One XHTML-compatible HTML document; at most limits.htmlBytes. */
export function htmlDocument(draw: (ink: Ink) => HtmlPage): string {
  let html = "";
  for (const [index, lengths] of INKS.entries()) {
    const isLast = index === INKS.length - 1;
    const ink = { ...lengths, room: { left: isLast ? Number.POSITIVE_INFINITY : limits.htmlBytes } };
    html = `<!DOCTYPE html>\n${page(draw(ink), ink).html}\n`;
    if (ink.room.left >= 0 && Buffer.byteLength(html) <= limits.htmlBytes) break;
  }
  return html;
}

/** The same without a bound: for what must be shown to its end. */
export function wholeHtmlDocument(draw: (ink: Ink) => HtmlPage): string {
  const all = Number.POSITIVE_INFINITY;
  const ink = { rows: all, characters: all, room: { left: all } };
  return `<!DOCTYPE html>\n${page(draw(ink), ink).html}\n`;
}

function page(of: HtmlPage, ink: Ink): Markup {
  const meta = (attributes: Parameters<typeof element>[1]): Markup => element("meta", attributes);
  const head = element("head", {}, [
    together([
      meta({ charset: "utf-8" }),
      meta({ "http-equiv": "Content-Security-Policy", content: POLICY }),
      meta({ name: "viewport", content: "width=device-width, initial-scale=1" }),
      meta({ name: "referrer", content: "no-referrer" }),
      meta({ name: "generator", content: shortened(of.program, ink.characters) }),
      element("title", {}, [said(`${of.verdictLine}: ${of.title}`, ink)]),
      styleSheet(STYLE),
    ]),
  ]);
  const body = element("body", {}, [
    together([
      element("a", { class: "skip", href: "#report" }, [words("Skip to the report")]),
      header(of, ink),
      contents(of.sections),
      element("main", { id: "report", tabindex: -1 }, [together(of.sections.map(section))]),
      footer(of, ink),
    ]),
  ]);
  return element("html", { lang: "en" }, [together([head, body])]);
}

function header({ kind, title, verdictLine, tone, meaning, about, next }: HtmlPage, ink: Ink): Markup {
  const rows = about.map(([label, text]) =>
    element("div", {}, [element("dt", {}, [words(label)]), element("dd", {}, [said(text, ink)])]),
  );
  return element("header", {}, [
    together([
      element("h1", {}, [words(kind)]),
      element("div", { class: `verdict tone-${tone}` }, [
        element("p", { class: "line" }, [said(verdictLine, ink)]),
        ...meaning.map((sentence) => element("p", {}, [said(sentence, ink)])),
      ]),
      ...(next.length === 0 ? [] : [section(nextSection(next, ink))]),
      element("p", { class: "subject" }, [said(title, ink)]),
      element("dl", { class: "about" }, rows),
    ]),
  ]);
}

function contents(sections: readonly HtmlSection[]): Markup {
  const links = sections.map(({ id, title }) => element("li", {}, [element("a", { href: `#${id}` }, [words(title)])]));
  return element("nav", { "aria-label": "Contents" }, [element("ul", {}, links)]);
}

function section({ id, title, body }: HtmlSection): Markup {
  const heading = element("h2", { id }, [words(title)]);
  return element("section", { "aria-labelledby": id }, [together([heading, ...body])]);
}

function nextSection(next: readonly string[], ink: Ink): HtmlSection {
  const items = next.map((line) => element("li", {}, [said(line, ink)]));
  return { id: "next", title: "What to do now", body: [element("ul", { class: "next" }, items)] };
}

function footer({ program }: HtmlPage, ink: Ink): Markup {
  const lines = [
    `Made by ${program}.`,
    "This page loads nothing and runs nothing. The same report as JSON has all of its facts: facts.json, or --json.",
  ];
  return element(
    "footer",
    {},
    lines.map((line) => element("p", {}, [said(line, ink)])),
  );
}
