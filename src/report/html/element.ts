/**
 * html/element: markup as values: elements from a closed list, text that is always escaped, and no other way in.
 *
 * What is made here is well-formed as XML too, so that a strict parser can judge it. There is no function that takes
 * markup as a string, and no element or attribute that could load, run or send anything. Pure. Called by the files
 * beside this one.
 */
import { printable } from "../../kernel/evidence/printable.ts";

const MADE = Symbol("made by this file");

/** Made by the functions of this file alone. */
export type Markup = { readonly html: string; readonly [MADE]: true };

const VOID = ["meta", "rect", "line"] as const;
const TAGS = [
  ...["html", "head", "title", "body", "header", "nav", "main", "section", "footer", "figure", "figcaption"],
  ...["h1", "h2", "h3", "p", "ul", "ol", "li", "dl", "dt", "dd", "div", "span", "a", "code", "strong", "time"],
  ...["table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary", "svg"],
] as const;

type Tag = (typeof TAGS)[number] | (typeof VOID)[number];

/** No `src`, no `style`, no `on…`; `href` is checked below. */
type Attribute =
  | ("id" | "class" | "href" | "lang" | "scope" | "open" | "tabindex" | "role" | "title" | "datetime" | "dir")
  | ("name" | "content" | "charset" | "http-equiv" | "viewBox" | "width" | "height" | "x" | "y" | "rx")
  | ("preserveAspectRatio" | "focusable" | `aria-${string}` | `data-${string}`);

export type Attributes = { readonly [name in Attribute]?: string | number };

/** How much of a page is shown: rows of a table, items of a list, characters of a value; and of them all together. */
export type Ink = {
  readonly rows: number;
  readonly characters: number;
  /** Counted down while the page is drawn; below zero lists are empty, and the page is drawn again with less. */
  readonly room: { left: number };
};

export function element(tag: Tag, attributes: Attributes, children: readonly Markup[] = []): Markup {
  const { href } = attributes;
  if (href !== undefined && !/^#[a-z][a-z0-9-]*$/.test(`${href}`)) throw new Error(`a link out of the page: ${href}`);
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(printable(`${value}`))}"`);
  const open = `<${tag}${written.join("")}`;
  if (VOID.some((name) => name === tag)) return made(`${open}/>`);
  if (children.some((child) => !child[MADE])) throw new Error(`markup that was not made here, in ${tag}`);
  return made(`${open}>${children.map(({ html }) => html).join("")}</${tag}>`);
}

/** Rules of ours; a character that could end the element is a bug. */
export function styleSheet(css: string): Markup {
  if (/[<&]/.test(css)) throw new Error("a style sheet holds no markup");
  return made(`<style>${css}</style>`);
}

function made(html: string): Markup {
  return { html, [MADE]: true };
}

/** A value as text, cut where it is longer than the page has room for; the cut says so. */
export function said(value: string, { characters, room }: Ink): Markup {
  const text = escaped(shortened(value, characters));
  room.left -= text.length + AROUND;
  return made(text);
}

/** About what the element around a text takes. */
const AROUND = 32;

/** What is shown of a list. */
export function listed<T>(items: readonly T[], { rows, room }: Ink): readonly T[] {
  return items.slice(0, room.left < 0 ? 0 : rows);
}

/** For a list inside a list, which would multiply what is shown. */
export function nested(ink: Ink): Ink {
  return { ...ink, rows: Math.max(1, Math.floor(ink.rows / 4)) };
}

/** Words of ours, which are never cut. */
export function words(text: string): Markup {
  return made(escaped(printable(text)));
}

/** One after the other; a line break in the source between them, which shows as at most one blank. */
export function together(parts: readonly Markup[]): Markup {
  return made(parts.map(({ html }) => html).join("\n"));
}

/** Made printable, and cut with a word about it; never between the halves of a character. */
export function shortened(value: string, characters: number): string {
  if (value.length <= characters) return printable(value);
  const kept = value.slice(0, characters).replace(/[\ud800-\udbff]$/, "");
  return `${printable(kept)}… (cut here; ${value.length} characters in all)`;
}

const WRITTEN: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  // By these a redaction of the whole file would know a password; it would take the tag behind it along.
  "=": "&#61;",
  ":": "&#58;",
  $: "&#36;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"'=:$]/g, (character) => WRITTEN[character] ?? character);
}
