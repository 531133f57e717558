/**
 * segment/recitals: numbered recitals, `(1) …` after `Whereas:` and before the first article.
 *
 * They carry no word of their own. Counted from 1 without a gap; fewer than two are a list of something else. Pure.
 * Called by outline.ts.
 */
import { readMarks } from "./enumerator.ts";
import type { Entry, Reading } from "./reading.ts";

/** Recitals before `end`, the offset of the first label. */
export function readRecitals({ text, compiled, scanned }: Reading, end: number): readonly Entry[] {
  const level = compiled.profile.levels.find(({ role, label }) => role === "apart" && label.form === "enumerator");
  if (level?.label.form !== "enumerator") return [];
  const { styles, after = [], notes = [] } = level.label;
  const rules = { styles: new Set(styles), alphabet: compiled.profile.alphabet };
  const firsts = new Set(after.flatMap((word) => [word.charAt(0).toLowerCase(), word.charAt(0).toUpperCase()]));
  const begins = scanned.lines.find((line) => {
    const first = text.bytes[line.text] ?? 0;
    if (first > 0x20 && first < 0x80 && !firsts.has(String.fromCharCode(first))) return false;
    const raw = text.read(line.text, Math.min(line.end, line.text + 80)).toLowerCase();
    return after.some((word) => raw.startsWith(word.toLowerCase()));
  });
  const found: Entry[] = [];
  const { marks } = scanned;
  if (begins === undefined) return found;
  for (let index = 0; index < marks.length && (marks.start[index] as number) < end; index += 1) {
    const [start, at] = [marks.start[index] as number, marks.text[index] as number];
    if (start < begins.start) continue;
    const raw = text.read(at, Math.min(marks.end[index] as number, at + 80));
    const [mark] = readMarks(raw, rules);
    if (mark === undefined || mark.value !== found.length + 1) continue;
    if (notes.some((note) => raw.startsWith(note, mark.length))) continue;
    const { kind, sectionType, name } = level;
    const { number } = mark;
    const read = { start, kind, sectionType, number, heading: null, label: `${name} ${number}`, slug: null } as const;
    found.push({ ...read, rank: 0, holds: "no", above: [] });
  }
  return found.length >= 2 ? found : [];
}
