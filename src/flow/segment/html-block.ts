/**
 * segment/html-block: where a block of raw HTML begins and ends in Markdown, as CommonMark 0.31.2 has it in 4.6.
 *
 * Inside one no line is a heading. Of the seven kinds the first five end with a line that holds their end, the others
 * before a blank line. It reads one line and remembers nothing. Called by scan.ts.
 */

/** What a line has to hold to be the last; `blank` where the block ends before a blank line. */
export type HtmlEnd = RegExp | "blank";

/** Enough for a tag and its attributes. */
const LINE_BYTES = 2048;

const RAW = [
  { begins: /^<(?:pre|script|style|textarea)(?:[ \t>]|$)/i, ends: /<\/(?:pre|script|style|textarea)>/i },
  { begins: /^<!--/, ends: /-->/ },
  { begins: /^<\?/, ends: /\?>/ },
  { begins: /^<![A-Za-z]/, ends: />/ },
  { begins: /^<!\[CDATA\[/, ends: /\]\]>/ },
] as const;

const BLOCK_NAMES = [
  ...["address", "article", "aside", "base", "basefont", "blockquote", "body", "caption", "center", "col", "colgroup"],
  ...["dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form"],
  ...["frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "iframe", "legend"],
  ...["li", "link", "main", "menu", "menuitem", "nav", "noframes", "ol", "optgroup", "option", "p", "param", "search"],
  ...["section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "track", "ul"],
];
const BLOCK = new RegExp(`^</?(?:${BLOCK_NAMES.join("|")})(?:[ \\t]|/?>|$)`, "i");

const ATTRIBUTE = String.raw`[ \t]+[A-Za-z_:][\w.:-]*(?:[ \t]*=[ \t]*(?:[^ \t"'=<>${"`"}]+|'[^']*'|"[^"]*"))?`;
const OPENING = new RegExp(String.raw`^<[A-Za-z][A-Za-z\d-]*(?:${ATTRIBUTE})*[ \t]*/?>[ \t]*$`);
const CLOSING = /^<\/[A-Za-z][A-Za-z\d-]*[ \t]*>[ \t]*$/;

/** How the block ends that a line begins, or null; a single tag of another name does not break a paragraph. */
export function htmlBlock(bytes: Uint8Array, line: HtmlLine, paragraph: "open" | "none"): HtmlEnd | null {
  const text = decoded(bytes, line.text, line.end);
  const raw = RAW.find(({ begins }) => begins.test(text));
  if (raw !== undefined) return raw.ends;
  if (BLOCK.test(text)) return "blank";
  if (paragraph === "open") return null;
  return OPENING.test(text) || CLOSING.test(text) ? "blank" : null;
}

/** Offsets of the first byte that is no blank, and past the last. */
export type HtmlLine = { readonly text: number; readonly end: number };

/** Whether a line is the block's last; one that ends before a blank line has none. */
export function endsHtml(bytes: Uint8Array, { text, end }: HtmlLine, ends: RegExp): boolean {
  return ends.test(Buffer.from(bytes.buffer, bytes.byteOffset + text, end - text).toString("latin1"));
}

function decoded(bytes: Uint8Array, text: number, end: number): string {
  const size = Math.min(end - text, LINE_BYTES);
  return Buffer.from(bytes.buffer, bytes.byteOffset + text, size).toString("latin1");
}
