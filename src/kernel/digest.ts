/**
 * digest: SHA-256, in hex, and the canonical JSON that is digested.
 *
 * Canonical JSON: keys in code unit order, no white space, no undefined. Two values with the same content have the
 * same digest on every machine. Never used for secrets.
 */
import { createHash, hash } from "node:crypto";

/** 64 lower-case hex digits. */
export function sha256(bytes: string | Uint8Array): string {
  // Bun's own takes two thirds of the time for the few hundred bytes of a unit.
  return typeof bytes === "string" ? hash("sha256", bytes, "hex") : Bun.SHA256.hash(bytes, "hex");
}

/** 43 characters of base64 without padding, as OpenSSH prints a digest. */
export function sha256Base64(bytes: Uint8Array): string {
  return hash("sha256", bytes, "base64").replace(/=+$/, "");
}

/** As sha256() of all lines, each with a line feed after it, without holding them at once. */
export function sha256OfLines(lines: Iterable<string>): string {
  const digest = new LineDigest();
  for (const line of lines) digest.add(line);
  return digest.end();
}

/** As sha256OfLines(), for lines that come one after the other. */
export class LineDigest {
  readonly #hash = createHash("sha256");
  #gathered = "";

  add(line: string): void {
    this.#gathered += `${line}\n`;
    if (this.#gathered.length < GATHERED_CHARACTERS) return;
    this.#hash.update(this.#gathered);
    this.#gathered = "";
  }

  /** 64 lower-case hex digits; nothing can be added after it. */
  end(): string {
    return this.#hash.update(this.#gathered).digest("hex");
  }
}

const GATHERED_CHARACTERS = 64 * 1024;

type Flat = Readonly<Record<string, string | number | null>>;

/** As canonicalJson() of a record without nested values, many times quicker; `keys` are all of its keys, in order. */
export function flatCanonicalJson(record: Flat, keys: readonly string[]): string {
  let text = "";
  for (const key of keys) {
    const value = record[key];
    if (value === undefined) throw new TypeError(`there is no ${key} to digest`);
    text += `${text === "" ? "{" : ","}"${key}":${typeof value === "string" ? quoted(value) : String(value)}`;
  }
  return `${text}}`;
}

/** Most strings are written as they are. */
function quoted(text: string): string {
  return /^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** RFC 8785 in what we use of it: strings, finite numbers, booleans, null, arrays, plain objects. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError("a number in evidence must be finite");
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`cannot digest a ${typeof value}`);
  return text;
}
