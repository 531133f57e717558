/**
 * segment/decimal: sections with decimal numbers, as RFCs have them: `13.1.1.  Title`, `Appendix A`, `A.1.`.
 *
 * The lines of a table of contents, numbered lists and page headers are told from sections by what stands around them
 * and by the count: a section is the next one, or the first of a deeper level. Pure. Called by outline.ts.
 */
import { bounded, tidy } from "./heading.ts";
import { readLabel } from "./label.ts";
import type { Line, Text } from "./line.ts";
import type { Reading } from "./reading.ts";

export type DecimalSection = {
  readonly line: Line;
  readonly kind: "section" | "appendix";
  readonly number: string | null;
  readonly heading: string | null;
  readonly label: string;
  /** 1 for `13.`, 3 for `13.1.1.`. */
  readonly rank: number;
};

const DECIMAL = /^((?:\d{1,3}|[A-Z](?=\.\d))(?:\.\d{1,3})*)(\.?)(\s+)(\S.*)$/s;
const LEADERS = /\.{4,}|(?:\. ){3,}|\s{3,}\d{1,4}$/;
const MOST_CHARACTERS = 120;
/** Numbers that may be missing between two sections. */
const GAP = 10;

export function findDecimals({ text, compiled, scanned }: Reading): readonly DecimalSection[] {
  const found: DecimalSection[] = [];
  let path: readonly string[] = [];
  const used = new Set<string>();
  for (const line of scanned.lines) {
    const raw = text.read(line.text, line.end);
    const appendix = line.shape === "word" && isAlone(line, text) ? readLabel(compiled, raw, line) : null;
    if (appendix !== null && !LEADERS.test(raw)) {
      path = [appendix.number ?? "A"];
      const { number, label, rest } = appendix;
      const heading = rest === null ? null : bounded(tidy(rest));
      found.push({ line, kind: "appendix", number, heading, label, rank: 1 });
      continue;
    }
    const section = readDecimal(raw, line, text);
    if (section === null) continue;
    const here = section.number.split(".");
    if (line.markup !== "heading" && !isNext(path, here, used)) continue;
    path = here;
    used.add(section.number);
    found.push({ line, kind: "section", ...section, rank: here.length });
  }
  return found;
}

type Read = { readonly number: string; readonly heading: string; readonly label: string };

function readDecimal(raw: string, line: Line, text: Text): Read | null {
  const [, number = "", dot = "", blanks = "", rest = ""] = DECIMAL.exec(raw) ?? [];
  if (number === "" || rest.length > MOST_CHARACTERS || LEADERS.test(raw)) return null;
  const label = `${number}${dot}`;
  if (line.markup === "heading") return { number, heading: bounded(tidy(rest)), label };
  const isMarked = dot !== "" || number.includes(".") || blanks.length > 1;
  if (line.indent > 0 || line.markup !== "plain" || !line.blankBefore) return null;
  if (!/^[\p{Lu}\p{Lo}\d"“`'_(<:.-]|^\p{Ll}/u.test(rest) || /[.;,:]$/.test(rest.replace(/\betc\.$/, ""))) return null;
  if (!isMarked && !/^\p{Lu}/u.test(rest)) return null;
  const [next = "", afterNext = ""] = text.following(line.next, 2);
  if (next === "" || /^[=-]{3,}$/.test(next)) return { number, heading: bounded(tidy(rest)), label };
  const isWrapped = afterNext === "" && next.length <= 70 && isIndented(line.next, text) && !/[.;]$/.test(next);
  return isWrapped ? { number, heading: bounded(tidy(`${rest} ${next}`)), label } : null;
}

function isIndented(at: number, { bytes }: Text): boolean {
  return bytes[at] === 0x20 || bytes[at] === 0x09;
}

function isAlone(line: Line, text: Text): boolean {
  if (line.markup === "heading") return true;
  return line.indent === 0 && line.blankBefore && (text.following(line.next, 1)[0] ?? "") === "";
}

/** Whether a number comes after `path`: deeper by one, from 0 or 1, or the next beside it or beside one above. */
function isNext(path: readonly string[], here: readonly string[], used: ReadonlySet<string>): boolean {
  const same = here.slice(0, -1);
  const isBelow = same.length <= path.length && same.every((part, index) => part === path[index]);
  if (!isBelow) return false;
  const last = Number(here.at(-1));
  if (Number.isNaN(last)) return false;
  const before = path[same.length];
  if (before === undefined || Number.isNaN(Number(before))) return last <= 1;
  if (last === Number(before)) return same.length + 1 === path.length;
  if (last > Number(before)) return last <= Number(before) + GAP;
  return !used.has(here.join(".")) && last >= Number(before) - GAP;
}
