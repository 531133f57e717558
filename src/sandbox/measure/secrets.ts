/**
 * measure/secrets: the one-time secrets of a sandbox, and whether any of them stands in a text or in bytes.
 *
 * A secret is a value with a name; only its name is ever told. Each is looked for as it is, in base64 at whatever
 * place of a longer text it stands, in hexadecimal and in UTF-16; what was wrapped, compressed or encrypted is not
 * found. Called by the steps C-02, C-11 and C-12, and by the searches beside it.
 */
import { Needles } from "./needles.ts";

export class Secrets {
  readonly #names = new Set<string>();
  readonly #needles = new Needles();

  add(name: string, value: string): void {
    if (!canBeLookedFor(value)) throw new Error(`the secret ${name} is too short to be looked for`);
    this.#names.add(name);
    for (const form of formsOf(Buffer.from(value.trim()))) this.#needles.add(name, form);
  }

  get count(): number {
    return this.#names.size;
  }

  /** What pieces have to have in common, so that no form of a secret is cut in two between them. */
  get overlap(): number {
    return this.#needles.longest;
  }

  /** Names of those that stand in it. */
  in(text: string): readonly string[] {
    return this.inBytes(Buffer.from(text));
  }

  /** The same, of what need not be text. */
  inBytes(bytes: Uint8Array): readonly string[] {
    return [...this.#needles.in(bytes)];
  }
}

/** A shorter one would be found by chance, or because it is a word. */
export function canBeLookedFor(value: string): boolean {
  return value.trim().length >= SHORTEST;
}

const SHORTEST = 12;

/** What G-18 says of how each was looked for. */
export const FORMS = "as they are, in base64, hexadecimal and UTF-16";

function formsOf(value: Buffer): readonly Buffer[] {
  const hexadecimal = value.toString("hex");
  const wide = Buffer.from(value.toString("utf8"), "utf16le");
  const texts = [0, 1, 2].flatMap((before) => {
    const encoded = base64After(value, before);
    return [encoded, encoded.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const distinct = new Set([...texts, hexadecimal, hexadecimal.toUpperCase()]);
  return [value, wide, Buffer.from(wide).swap16(), ...[...distinct].map((text) => Buffer.from(text))];
}

/** The characters that are the same whatever stands before and behind it, where so many bytes modulo 3 stand before. */
function base64After(value: Buffer, before: number): string {
  const encoded = Buffer.concat([Buffer.alloc(before), value]).toString("base64");
  const [first, end] = [Math.ceil((before * 8) / 6), Math.floor(((before + value.byteLength) * 8) / 6)];
  return encoded.slice(first, end);
}
