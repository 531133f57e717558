/**
 * integrity/name-text: a file's name as text, so that no two names share one.
 *
 * A name is bytes, and need not be UTF-8: what is not is written `\xff`, byte by byte, and a backslash `\\`. Never
 * drops or replaces a byte. Called for every path and link target of a manifest.
 */
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function nameText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes).replaceAll("\\", "\\\\");
  } catch {
    // The decoder's only complaint: these bytes are not UTF-8.
    return Array.from(bytes, written).join("");
  }
}

function written(byte: number): string {
  if (byte >= 0x80) return `\\x${byte.toString(16)}`;
  return byte === 0x5c ? "\\\\" : String.fromCharCode(byte);
}
