/**
 * seal: what the build leaves in a program so that it can check itself: the digests of the files it carries, and of the
 * whole.
 *
 * A file that is carried and not listed here turns `cutter selftest` red, and so the build's own test. Called by
 * scripts/build.ts, and by tests that spoil a program and seal it again.
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../src/kernel/digest.ts";
import { digestSealed } from "../../src/kernel/version/seal.ts";

const CARRIED = [
  ".cache/embedded/reference.tar.zst",
  "node_modules/@electric-sql/pglite/dist/initdb.wasm",
  "node_modules/@electric-sql/pglite/dist/pglite.data",
  "node_modules/@electric-sql/pglite/dist/pglite.wasm",
  "node_modules/libpg-query/wasm/libpg-query.wasm",
];

/** Name → SHA-256, as `cutter selftest` looks for them. */
export async function assetDigests(project: string): Promise<Readonly<Record<string, string>>> {
  const entries = CARRIED.map(async (path) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return [name, sha256(await Bun.file(join(project, path)).bytes())] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** Writes the digest of the whole into a program that carries this seal; throws where it carries none, or two. */
export async function sealProgram(path: string, seal: string): Promise<void> {
  const sealed = digestSealed(await Bun.file(path).bytes(), seal);
  if (typeof sealed === "string") throw new Error(`${path} cannot be sealed: ${sealed}`);
  const file = await open(path, "r+");
  try {
    await file.write(sealed.digest, sealed.at, "latin1");
    await file.sync();
  } finally {
    await file.close();
  }
}
