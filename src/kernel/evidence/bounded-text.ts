/**
 * bounded-text: what a server or a library said, cut to a bound, without secrets, and saying that it was cut.
 *
 * A statement of an operator may be quoted in it, and an error may hold megabytes. Called wherever such a text becomes
 * part of a Failure or a report.
 */
import { limits } from "../limits.ts";
import { redact } from "./redaction.ts";

/** Secrets go first and the cut comes second, so that no half of a secret stays at the end. */
export function boundedText(text: string, bound: number = limits.errorTextCharacters): string {
  const clean = redact(text.slice(0, 2 * bound));
  return clean.length <= bound ? clean : `${clean.slice(0, bound)}… (cut here; ${text.length} characters in all)`;
}
