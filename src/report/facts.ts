/**
 * facts: a fact as text, in one form for all formats.
 *
 * Strings stand as they are, everything else as canonical JSON, so that `"1"` and `1` in a list are told apart. Not
 * made printable here: each renderer does that for its own medium.
 */
import { canonicalJson } from "../kernel/digest.ts";
import type { Fact } from "../kernel/failure.ts";

export function factText(fact: Fact): string {
  return typeof fact === "string" ? fact : canonicalJson(fact);
}

/** `name = value`. */
export function factLine([name, fact]: readonly [string, Fact]): string {
  return `${name} = ${factText(fact)}`;
}
