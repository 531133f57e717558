/**
 * compare: two lists of entries as sets: what is missing, in excess, or different, each named once.
 *
 * Pure. Where a table, function, schema or role is missing or unknown as a whole, what hangs on it is not listed again.
 * Where a function has another signature it is another function: its privileges are part of that one difference.
 */
import { type Entry, type Kind, keyOf } from "./entry.ts";

export type Difference = {
  readonly kind: Kind;
  readonly object: string;
  /** null for an excess. */
  readonly expected: string | null;
  /** null where it is missing. */
  readonly actual: string | null;
  readonly change: "missing" | "excess" | "different";
};

type Found = Difference & { readonly parents: readonly string[] };

export function compareEntries(expected: readonly Entry[], actual: readonly Entry[]): readonly Difference[] {
  const found = differencesOf(expected, actual);
  const whole = new Set(found.filter(({ change }) => change !== "different").map(keyOf));
  const remaining = found.filter(({ parents }) => !parents.some((parent) => whole.has(parent)));
  const replaced = new Set(remaining.filter(isReplacedFunction).map(keyOf));
  const onReplaced = (entry: Found): boolean => entry.parents.some((parent) => replaced.has(parent));
  return remaining
    .filter((entry) => !onReplaced(entry))
    .map((entry) => {
      const { parents: _, ...difference } = entry;
      const folded = remaining.filter((child) => child.parents.includes(keyOf(entry)) && onReplaced(child));
      const also = folded.map(({ change, object }) => `; ${change}: ${object}`).join("");
      return { ...difference, actual: difference.actual === null ? null : `${difference.actual}${also}` };
    });
}

function differencesOf(expected: readonly Entry[], actual: readonly Entry[]): readonly Found[] {
  const present = new Map(actual.map((entry) => [keyOf(entry), entry]));
  const wanted = new Set(expected.map(keyOf));
  const found: Found[] = [];
  for (const { kind, object, definition, parents } of expected) {
    const seen = present.get(keyOf({ kind, object }));
    if (seen === undefined)
      found.push({ kind, object, expected: definition, actual: null, change: "missing", parents });
    else if (seen.definition !== definition) {
      found.push({ kind, object, expected: definition, actual: seen.definition, change: "different", parents });
    }
  }
  for (const { kind, object, definition, parents } of actual) {
    if (wanted.has(keyOf({ kind, object }))) continue;
    found.push({ kind, object, expected: null, actual: definition, change: "excess", parents });
  }
  return found;
}

function isReplacedFunction({ kind, change, expected, actual }: Found): boolean {
  return kind === "function" && change === "different" && signatureOf(expected) !== signatureOf(actual);
}

/** A definition is the signature and the properties, which begin with the language. */
function signatureOf(definition: string | null): string | undefined {
  return definition?.match(/^.*? returns [^,]+/)?.[0];
}
