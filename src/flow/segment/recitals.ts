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
  const { styles, after = [] } = level.label;
  const rules = { styles: new Set(styles), alphabet: compiled.profile.alphabet };
  const found: Entry[] = [];
  let begun = false;
  for (const line of scanned.lines) {
    if (line.start >= end) break;
    const raw = text.read(line.text, Math.min(line.end, line.text + 80));
    if (after.some((word) => raw.toLowerCase().startsWith(word.toLowerCase()))) begun = true;
    const mark = begun ? readMarks(raw, rules)[0] : undefined;
    if (mark === undefined || mark.value !== found.length + 1) continue;
    const { kind, sectionType, name } = level;
    const { number } = mark;
    const label = `${name} ${number}`;
    const read = { line, kind, sectionType, number, heading: null, label, slug: null } as const;
    found.push({ ...read, rank: 0, holds: "no", above: [] });
  }
  return found.length >= 2 ? found : [];
}
