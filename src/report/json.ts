/**
 * json: a document as one line of JSON, the same bytes for the same content.
 *
 * Keys in code unit order (kernel/digest), characters that could steer a terminal as escapes. For any `cutter.*`
 * document.
 */
import { canonicalJson } from "../kernel/digest.ts";
import { printableJson } from "../kernel/evidence/printable.ts";

/** One line with its newline. A number that is not finite is a bug and throws. */
export function jsonDocument(document: { readonly schema: string }): string {
  return `${printableJson(canonicalJson(document))}\n`;
}
