/**
 * segment/order: which level stands above which, in this document.
 *
 * Acts, codes and regulations order Part, Title, Chapter and Section differently, and heading levels do not tell. A
 * label that is followed at once by another one, with no text between, stands above it; where a document is silent,
 * what comes first does. Pure. Called by segment.ts.
 */
import type { Level, Profile } from "../profiles/profile.ts";
import type { Named } from "./reading.ts";

const HEADING_BYTES = 240;
const BLANK_BYTES = 16;

/** A rank for each level of the profile, by its index: the outermost is the smallest. */
export function ranks(profile: Profile, labels: readonly Named[]): readonly number[] {
  const groups = groupsOf(profile);
  const listed = profile.levels.map((_, index) => groups.get(index) ?? index);
  if (profile.nesting === "listed") return listed;
  const met = [...new Set(labels.map(({ level }) => listed[level] ?? level))];
  const has = (group: number, role: Level["role"]) =>
    profile.levels.some((level, index) => level.role === role && listed[index] === group);
  // Where nothing else tells, what comes first stands above; what holds the text stands below all that groups it.
  const present = [...met.filter((group) => has(group, "structure")), ...met.filter((group) => has(group, "leaf"))];
  const roleOf = ({ level }: Named) => profile.levels[level]?.role;
  const order = sorted(present, votes(labels, listed, roleOf));
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

/** A label alone has its heading below it; after a heading on its line there is nothing but blank lines. */
function hasText(upper: Named, lower: Named): boolean {
  const most = upper.rest === null ? HEADING_BYTES : BLANK_BYTES;
  return lower.line.start - upper.line.next > most;
}

/** `votes.get(a).get(b)`: how often `a` stood directly above `b`. */
type Votes = ReadonlyMap<number, ReadonlyMap<number, number>>;

type RoleOf = (label: Named) => Level["role"] | undefined;

function votes(labels: readonly Named[], listed: readonly number[], roleOf: RoleOf): Votes {
  const counted = new Map<number, Map<number, number>>();
  for (let index = 0; index + 1 < labels.length; index += 1) {
    const [upper, lower] = [labels[index], labels[index + 1]];
    if (upper === undefined || lower === undefined) continue;
    const [above, below] = [listed[upper.level] ?? 0, listed[lower.level] ?? 0];
    if (above === below || hasText(upper, lower)) continue;
    // A short article before a new chapter does not stand above it.
    if (roleOf(upper) === "leaf" && roleOf(lower) === "structure") continue;
    const row = counted.get(above) ?? new Map<number, number>();
    row.set(below, (row.get(below) ?? 0) + 1);
    counted.set(above, row);
  }
  return counted;
}

type Pair = { readonly above: number; readonly below: number; readonly margin: number };

/**
 * Ranked pairs: the clearest findings hold first, and one that contradicts them does not count (an empty section may
 * precede a title). Then, where nothing was found, the order in which levels appear.
 */
function sorted(groups: readonly number[], counted: Votes): readonly number[] {
  const of = (above: number, below: number) => counted.get(above)?.get(below) ?? 0;
  const pairs: Pair[] = groups.flatMap((above, index) =>
    groups.slice(index + 1).map((below) => {
      const margin = of(above, below) - of(below, above);
      return margin < 0 ? { above: below, below: above, margin: -margin } : { above, below, margin };
    }),
  );
  const under = new Map(groups.map((group) => [group, new Set<number>()]));
  for (const { above, below } of pairs.sort((a, b) => b.margin - a.margin)) {
    if (!reaches(under, below, above)) under.get(above)?.add(below);
  }
  return [...groups].sort((a, b) => (reaches(under, a, b) ? -1 : reaches(under, b, a) ? 1 : 0));
}

function reaches(under: ReadonlyMap<number, ReadonlySet<number>>, from: number, to: number): boolean {
  const below = under.get(from);
  return below !== undefined && (below.has(to) || [...below].some((next) => reaches(under, next, to)));
}
