/**
 * segment/address: the canonical address of each unit: `DOC-ID/chapter-2/article-14`.
 *
 * Parts are small ASCII letters, `kind-number`; equal ones below one parent get `~2`, `~3` in their order. An address
 * depends only on what is above a unit and on equal labels beside it, so an insertion elsewhere does not change it.
 * Pure. Called by segment.ts.
 */
import { sha256 } from "../../kernel/digest.ts";
import { limits } from "../../kernel/limits.ts";

/** A place below which units stand; it gives each of them an address that no other one has. */
export class Place {
  readonly address: string;
  readonly depth: number;
  readonly rank: number;
  /** The last part of the address, without a suffix. */
  readonly part: string;
  /** The parts taken so far while they are few, and then how often each was. */
  #few: string[] | null = null;
  #used: Map<string, number> | null = null;

  constructor(address: string, { depth, rank, part }: { depth: number; rank: number; part: string }) {
    this.address = address;
    this.depth = depth;
    this.rank = rank;
    this.part = part;
  }

  /** `part` as partOf() makes it. */
  take(part: string): string {
    const count = this.#used === null ? this.#countFew(part) : this.#count(this.#used, part);
    return count === 0 ? `${this.address}/${part}` : `${this.address}/${part}~${count + 1}`;
  }

  /** How often a part was taken before. */
  #countFew(part: string): number {
    this.#few ??= [];
    const few = this.#few;
    let count = 0;
    for (const taken of few) if (taken === part) count += 1;
    few.push(part);
    if (few.length <= MOST_FEW) return count;
    this.#used = new Map();
    for (const taken of few) this.#count(this.#used, taken);
    this.#few = null;
    return count;
  }

  #count(used: Map<string, number>, part: string): number {
    const count = used.get(part) ?? 0;
    used.set(part, count + 1);
    return count;
  }
}

/** So many are compared more quickly than looked up. */
const MOST_FEW = 12;

/** `article-28a`, `chapter-2`, `heading-what-is-markdown`; the kind alone where there is no number. */
export function partOf(kind: string, number: string | null): string {
  const slug = number === null ? "" : slugOf(number);
  const words = kind.includes("_") ? kind.replaceAll("_", "-") : kind;
  return slug === "" ? words : `${words}-${slug}`;
}

const LETTERS: Readonly<Record<string, string>> = {
  ...{ đ: "dd", ß: "ss", æ: "ae", œ: "oe", ø: "oe", ł: "l", ı: "i" },
  ...{ а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ё: "yo", ж: "zh", з: "z", и: "i", й: "j", к: "k", л: "l" },
  ...{ м: "m", н: "n", о: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f", х: "kh", ц: "ts", ч: "ch", ш: "sh" },
  ...{ щ: "shch", ъ: "", ы: "y", ь: "", э: "e", ю: "yu", я: "ya" },
};

/** Bounded; text without a letter that ASCII knows becomes its digest, so that it stays the same everywhere. */
function slugOf(text: string): string {
  if (/^[0-9a-z]{1,9}$/.test(text)) return text;
  const plain = text
    .toLowerCase()
    .replace(/[^\x21-\x7e]/gu, (letter) => LETTERS[letter] ?? letter)
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .replace(/[^\x21-\x7e]/gu, (letter) => LETTERS[letter] ?? " ")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  if (plain === "" && text.trim() !== "") return `x${sha256(text.normalize("NFC")).slice(0, 8)}`;
  if (plain.length <= limits.addressPartCharacters) return plain;
  return `${plain.slice(0, limits.addressPartCharacters - 9).replace(/-+$/, "")}-${sha256(plain).slice(0, 8)}`;
}
