/**
 * measure/secrets: the one-time secrets of a sandbox, and whether any of them stands where it does not belong.
 *
 * A secret is a value with a name; only its name is ever told. Each is looked for as it is and in base64. Reads files
 * below directories that servers still write into, texts and command lines. Called by the steps C-02, C-11 and C-12.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { limits } from "../../kernel/limits.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";

export class Secrets {
  readonly #values = new Map<string, readonly string[]>();
  readonly #bytes = new Map<string, readonly Buffer[]>();

  add(name: string, value: string): void {
    if (!canBeLookedFor(value)) throw new Error(`the secret ${name} is too short to be looked for`);
    const trimmed = value.trim();
    const forms = [trimmed, Buffer.from(trimmed).toString("base64").replace(/=+$/, "")];
    this.#values.set(name, forms);
    this.#bytes.set(
      name,
      forms.map((form) => Buffer.from(form)),
    );
  }

  get count(): number {
    return this.#values.size;
  }

  /** Names of those that stand in it. */
  in(text: string): readonly string[] {
    return [...this.#values].filter(([, forms]) => forms.some((form) => text.includes(form))).map(([name]) => name);
  }

  /** The same, of what need not be text. */
  inBytes(bytes: Buffer): readonly string[] {
    return [...this.#bytes].filter(([, forms]) => forms.some((form) => bytes.includes(form))).map(([name]) => name);
  }
}

/** A shorter one would be found by chance, or because it is a word. */
export function canBeLookedFor(value: string): boolean {
  return value.trim().length >= SHORTEST;
}

const SHORTEST = 12;

export type Searched = {
  readonly files: number;
  readonly bytes: number;
  readonly found: readonly string[];
  /** What is there and could not be read. */
  readonly unread: readonly string[];
};

/** Every regular file below a directory but for those that are secrets themselves, by exact path. */
export function searchTree(root: string, secrets: Secrets, homes: ReadonlySet<string>): Searched {
  const [found, unread]: [string[], string[]] = [[], []];
  let [files, bytes] = [0, 0];
  for (const path of filesBelow(root, unread)) {
    if (homes.has(path)) continue;
    const searched = attempt(path, unread, () => searchFile(path, secrets));
    if (searched === null) continue;
    files += 1;
    bytes += searched.bytes;
    for (const name of searched.found) found.push(`${name} in ${path}`);
  }
  return { files, bytes, found, unread };
}

/** No link is followed, and no directory is walked that went meanwhile. */
function filesBelow(folder: string, unread: string[]): readonly string[] {
  const entries = attempt(folder, unread, () => fs.readdirSync(folder, { withFileTypes: true })) ?? [];
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path, unread);
    return entry.isFile() ? [path] : [];
  });
}

/** Null for what a server or a program took away meanwhile: that is no secret that stays. */
function attempt<T>(path: string, unread: string[], look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") unread.push(failedCall(`read ${path}`, error));
    return null;
  }
}

/** More than the longest form of a secret, so that none is cut in two between pieces. */
export const OVERLAP = 1_024;

/** A file that grows is read to its size now. */
function searchFile(path: string, secrets: Secrets): { readonly bytes: number; readonly found: ReadonlySet<string> } {
  const found = new Set<string>();
  const file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    const { size } = fs.fstatSync(file);
    const piece = Buffer.alloc(OVERLAP + Math.min(size, limits.digestChunkBytes));
    let [kept, bytes] = [0, 0];
    while (bytes < size) {
      const read = fs.readSync(file, piece, kept, piece.byteLength - kept, bytes);
      if (read === 0) break;
      const filled = piece.subarray(0, kept + read);
      for (const name of secrets.inBytes(filled)) found.add(name);
      bytes += read;
      kept = Math.min(OVERLAP, filled.byteLength);
      filled.copyWithin(0, filled.byteLength - kept);
    }
    return { bytes, found };
  } finally {
    fs.closeSync(file);
  }
}
