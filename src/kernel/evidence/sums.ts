/**
 * evidence/sums: the text of SHA256SUMS, as coreutils writes and checks it (`sha256sum -c SHA256SUMS`).
 *
 * Pure. One line per file: 64 hex digits, two spaces, name; sorted by name in code unit order. Names are plain, so none
 * of coreutils' escapes ever occurs, and a line that has one is refused.
 */
export const SUMS_FILE = "SHA256SUMS";

/** Signs all others: it stands in SHA256SUMS, and its subjects are all that stands there but itself. */
export const ATTESTATION_FILE = "attestation.json";
/** Whose key signed SHA256SUMS, as a line of allowed_signers. It stands in SHA256SUMS: so the signature is owed. */
export const SIGNER_FILE = "SHA256SUMS.signer";
/** An SSH signature over SHA256SUMS, the one file beside it that does not stand in it. */
export const SIGNATURE_FILE = "SHA256SUMS.sig";

const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;
const LINE = /^([0-9a-f]{64}) {2}(.+)$/;

/** A plain name: no path, no leading dot. */
export function isFileName(name: string): boolean {
  return FILE_NAME.test(name);
}

export function renderSums(digests: ReadonlyMap<string, string>): string {
  const names = [...digests.keys()].sort();
  return names.map((name) => `${digests.get(name)}  ${name}\n`).join("");
}

/** Name to digest; or, as a string, why the text is not what renderSums writes. */
export function parseSums(text: string): ReadonlyMap<string, string> | string {
  if (text === "") return "it is empty";
  if (!text.endsWith("\n")) return "its last line is cut off";
  const digests = new Map<string, string>();
  for (const [index, line] of text.slice(0, -1).split("\n").entries()) {
    const [, digest, name] = LINE.exec(line) ?? [];
    if (digest === undefined || name === undefined || !isFileName(name)) return `line ${index + 1} has another form`;
    if (digests.has(name)) return `${name} stands in it twice`;
    digests.set(name, digest);
  }
  return renderSums(digests) === text ? digests : "its lines are not sorted by name";
}
