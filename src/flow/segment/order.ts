/**
 * segment/order: which level stands above which, in this document.
 *
 * Acts, codes and regulations order Part, Title, Chapter and Section differently, and heading levels do not tell. A label
 * that is followed at once by another one, with no text between, stands above it; where a document is silent the
 * profile's order holds. Pure. Called by segment.ts.
 */
import type { Profile } from "../profiles/profile.ts";
import type { Named } from "./reading.ts";

const NO_TEXT_BYTES = 240;

/** A rank for each level of the profile, by its index: the outermost is the smallest. */
export function ranks(profile: Profile, labels: readonly Named[]): readonly number[] {
  const groups = groupsOf(profile);
  const listed = profile.levels.map((_, index) => groups.get(index) ?? index);
  if (profile.nesting === "listed") return listed;
  const present = [...new Set(labels.map(({ level }) => listed[level] ?? level))].filter((group) => {
    return profile.levels.some(
      ({ role }, index) => listed[index] === group && (role === "structure" || role === "leaf"),
    );
  });
  const order = sorted(
    present.sort((a, b) => a - b),
    votes(labels, listed),
  );
  const rank = new Map(order.map((group, index) => [group, profile.levels.length + index]));
  return listed.map(
    (group, index) => rank.get(group) ?? (isApart(profile, index) ? index : profile.levels.length * 2 + index),
  );
}

function isApart({ levels }: Profile, index: number): boolean {
  const role = levels[index]?.role;
  return role === "annex" || role === "apart";
}

/** Levels of one kind rank alike: `Abschnitt 1` and `I. - …`, `Section 1` and `##### 1`. */
function groupsOf({ levels }: Profile): ReadonlyMap<number, number> {
  const first = new Map<string, number>();
  const groups = new Map<number, number>();
  levels.forEach(({ kind, role }, index) => {
    if (role === "enumerator") return;
    groups.set(index, first.get(kind) ?? index);
    if (!first.has(kind)) first.set(kind, index);
  });
  return groups;
}

/** `votes.get(a).get(b)`: how often `a` stood directly above `b`. */
type Votes = ReadonlyMap<number, ReadonlyMap<number, number>>;

function votes(labels: readonly Named[], listed: readonly number[]): Votes {
  const counted = new Map<number, Map<number, number>>();
  for (let index = 0; index + 1 < labels.length; index += 1) {
    const [upper, lower] = [labels[index], labels[index + 1]];
    if (upper === undefined || lower === undefined) continue;
    const [above, below] = [listed[upper.level] ?? 0, listed[lower.level] ?? 0];
    if (above === below || lower.line.start - upper.line.next > NO_TEXT_BYTES) continue;
    const row = counted.get(above) ?? new Map<number, number>();
    row.set(below, (row.get(below) ?? 0) + 1);
    counted.set(above, row);
  }
  return counted;
}

/** Takes out, one by one, the level that stands above the others most clearly. */
function sorted(groups: readonly number[], counted: Votes): readonly number[] {
  const left = [...groups];
  const order: number[] = [];
  const of = (above: number, below: number) => counted.get(above)?.get(below) ?? 0;
  while (left.length > 0) {
    const scores = left.map((group) => {
      const wins = left.filter((other) => of(group, other) > of(other, group)).length;
      const losses = left.filter((other) => of(group, other) < of(other, group)).length;
      return { group, losses, wins };
    });
    scores.sort((a, b) => a.losses - b.losses || a.group - b.group);
    const [best] = scores;
    if (best === undefined) break;
    order.push(best.group);
    left.splice(left.indexOf(best.group), 1);
  }
  return order;
}
