/**
 * measure/secrets: the one-time secrets of a sandbox, and whether any of them stands where it does not belong.
 *
 * A secret is a value with a name; only its name is ever told. Each is looked for as it is and in base64. Reads files
 * below one directory, texts and command lines. Called by the steps C-02, C-11 and C-12.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { limits } from "../../kernel/limits.ts";

export class Secrets {
  readonly #values = new Map<string, readonly string[]>();

  add(name: string, value: string): void {
    const trimmed = value.trim();
    if (trimmed.length < SHORTEST) throw new Error(`the secret ${name} is too short to be looked for`);
    this.#values.set(name, [trimmed, Buffer.from(trimmed).toString("base64").replace(/=+$/, "")]);
  }

  get count(): number {
    return this.#values.size;
  }

  /** Names of those that stand in it. */
  in(text: string): readonly string[] {
    return [...this.#values].filter(([, forms]) => forms.some((form) => text.includes(form))).map(([name]) => name);
  }
}

const SHORTEST = 12;

export type Searched = { readonly files: number; readonly bytes: number; readonly found: readonly string[] };

/** Every regular file below a directory but for those that are secrets themselves, by exact path. */
export function searchTree(root: string, secrets: Secrets, homes: ReadonlySet<string>): Searched {
  const found: string[] = [];
  let [files, bytes] = [0, 0];
  for (const path of filesBelow(root)) {
    if (homes.has(path)) continue;
    const searched = searchFile(path, secrets);
    files += 1;
    bytes += searched.bytes;
    for (const name of searched.found) found.push(`${name} in ${path}`);
  }
  return { files, bytes, found };
}

function filesBelow(root: string): readonly string[] {
  const entries = fs.readdirSync(root, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** More than the longest form of a secret, so that none is cut in two between pieces. */
const OVERLAP = 1_024;

/** Latin1: bytes that are no text must not hide what stands among them. A file that grows is read to its size now. */
function searchFile(path: string, secrets: Secrets): { readonly bytes: number; readonly found: ReadonlySet<string> } {
  const found = new Set<string>();
  const file = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    const { size } = fs.fstatSync(file);
    const piece = Buffer.alloc(limits.digestChunkBytes);
    let before = "";
    let bytes = 0;
    while (bytes < size) {
      const read = fs.readSync(file, piece, 0, piece.byteLength, bytes);
      if (read === 0) break;
      const text = before + piece.toString("latin1", 0, read);
      for (const name of secrets.in(text)) found.add(name);
      before = text.slice(-OVERLAP);
      bytes += read;
    }
    return { bytes, found };
  } finally {
    fs.closeSync(file);
  }
}
