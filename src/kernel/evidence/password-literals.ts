/**
 * password-literals: finds SQL literals that stand where a password does, at any depth of quoting.
 *
 * `PASSWORD 'x'`, `password := E'x'`, `PASSWORD $$x$$`, and the same inside a literal inside a literal, where each
 * quote is written 2, 4, 8 … times. In doubt it takes more; never beyond a JSON string. Pure; called by redaction.ts,
 * and through it by the parser of scripts. Source: PostgreSQL manual, "String Constants".
 */

/** Where the value stands, without its quotes; never empty. */
export type Literal = { readonly start: number; readonly end: number };

/** White space or a comment, also as JSON writes it. */
const GAP = String.raw`(?:\s|\\[nrt]|/\*[^*]{0,200}\*/){0,64}`;
const SIZE = String.raw`(?:\(\d{1,9}\))?(?:\s+not\s+null)?`;
/** What stands between the name and the value of a declaration: `constant character varying(20) not null`. */
const TEXT_TYPE = String.raw`(?:\s+constant)?\s+(?:text|varchar|char|character(?:\s+varying)?|name|citext)${SIZE}`;
const TYPE = String.raw`(?:\s+constant)?\s+(?:character\s+varying|[\p{L}_][\w.]{0,64})${SIZE}`;
/** `password 'x'`, `= 'x'`, `to 'x'`, `text := 'x'`, `text = 'x'`, `type default 'x'`; and `'password', 'x'`. */
const LINKS = [
  `(?:${TYPE})?${GAP}(?::=|=>)${GAP}`,
  String.raw`(?:${TYPE})?\s+(?:default|to)${GAP}`,
  `(?:${TEXT_TYPE})?${GAP}=${GAP}`,
  `"?'+${GAP}[,:]${GAP}`,
  GAP,
];
const LINK = `(?:${LINKS.join("|")})`;
const OPENING = new RegExp(
  String.raw`(?:password|passwd|passphrase)${LINK}(?:[en]|u&)?('+|(?:\\?\$)[\p{L}\w]{0,64}\\?\$)`,
  "giu",
);

/** What every match of OPENING begins with; it costs a hundredth, and nearly no text holds it. */
const NAMED = /pass(?:w|p)/iu;

export function passwordLiterals(text: string): readonly Literal[] {
  if (!NAMED.test(text)) return [];
  const found: Literal[] = [];
  const json = /^\s*[[{"]/.test(text) ? "JSON" : "text";
  OPENING.lastIndex = 0;
  for (let match = OPENING.exec(text); match !== null; match = OPENING.exec(text)) {
    const start = OPENING.lastIndex;
    const opening = match[1] ?? "";
    const end = endOf({ text, start, opening, kind: json });
    if (end > start) found.push({ start, end });
    OPENING.lastIndex = end;
  }
  return found;
}

type Opened = {
  readonly text: string;
  readonly start: number;
  readonly opening: string;
  readonly kind: "JSON" | "text";
};

function endOf(opened: Opened): number {
  const { text, start, opening } = opened;
  const end = opening.startsWith("'") ? quotedEnd(opened) : dollarEnd(opened);
  if (end !== -1) return end;
  const line = text.indexOf("\n", start);
  return line === -1 ? text.length : line;
}

/** A `"` that ends a JSON string: the text goes on as JSON does. */
const JSON_GOES_ON = /^"(?:[,:}\]\s]|$)/;

function endsJson({ text, kind }: Opened, at: number): boolean {
  return kind === "JSON" && JSON_GOES_ON.test(text.slice(at, at + 2));
}

/** -1 where nothing closes it; so is quotedEnd's. */
function dollarEnd(opened: Opened): number {
  const { text, start, opening } = opened;
  const closing = text.indexOf(opening, start);
  const bound = closing === -1 ? text.length : closing;
  for (let at = text.indexOf('"', start); at !== -1 && at < bound; at = text.indexOf('"', at + 1)) {
    if (!escaped(text, at) && endsJson(opened, at)) return at;
  }
  return closing;
}

function escaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}

/**
 * A quote at depth n is written 2ⁿ times, one that belongs to the value twice as often. So the number of quotes that
 * opened says the depth (its lowest bit, since the value may begin with quotes), and what closes has no deeper one;
 * the rest of that run, beyond multiples of an escaped quote, is its own end and that of what is around it.
 */
function quotedEnd(opened: Opened): number {
  const { text, start, opening } = opened;
  const quote = lowestBit(opening.length);
  const special = /['"\\]+/g;
  special.lastIndex = start;
  for (let match = special.exec(text); match !== null; match = special.exec(text)) {
    const at = match.index;
    const first = text[at] ?? "";
    const run = runLength(text, at);
    special.lastIndex = at + run;
    if (first === "'" && lowestBit(run) <= quote) return at + run - (run % (2 * quote));
    if (first === '"' && endsJson(opened, at)) return at;
    if (first === "\\") special.lastIndex = at + run + escapedBy(text, { at, run, quote });
  }
  return -1;
}

/** What a run of backslashes takes along: in an E literal a quote, in JSON a double quote. */
function escapedBy(text: string, { at, run, quote }: { at: number; run: number; quote: number }): number {
  const next = text[at + run];
  if (next === "'") return Math.min(quote, runLength(text, at + run));
  return next === '"' && run % 2 === 1 ? 1 : 0;
}

function lowestBit(count: number): number {
  return count & -count;
}

function runLength(text: string, at: number): number {
  let length = 1;
  while (text[at + length] === text[at]) length += 1;
  return length;
}
