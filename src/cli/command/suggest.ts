/**
 * suggest: what a mistyped word was probably meant to be.
 *
 * Used by everything that refuses a word from a closed list: commands, flags, choices, failure codes. It only ever
 * makes a sentence; nothing is run on the strength of a guess.
 */
import { distance } from "fastest-levenshtein";
import { limits } from "../../kernel/limits.ts";

/** The nearest candidate, or undefined where none is near. The only one that the word begins wins over any distance. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const begun = candidates.filter((candidate) => word.length >= 3 && candidate.startsWith(word));
  if (begun.length === 1) return begun[0];
  // Two letters swapped count as two edits, so even a short word may be two away.
  const farthest = Math.min(limits.suggestionDistance, Math.max(2, Math.floor(word.length / 2)));
  const near = candidates
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= farthest)
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.candidate;
}

/** `did you mean X?`, or the fallback sentence where nothing is near. */
export function suggestion(word: string, candidates: readonly string[], fallback: string): string {
  const meant = suggest(word, candidates);
  return meant === undefined ? fallback : `did you mean ${meant}?`;
}
