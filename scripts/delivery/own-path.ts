/**
 * own-path: whether a program holds a path of the folder that it was built in.
 *
 * Such a path would be looked for on the next machine, and make each build another one. What is looked for is the
 * folder with one of the project's own below it. The folder alone may be a part of what every build holds: the name
 * that a program has for itself ends like a clone in the home of root. Pure. Called by build.ts.
 */

const BELOW = ["src", "proofs", "sql", "scripts", "node_modules", "dist", ".cache"];
const SHOWN_BYTES = 120;

/** The first such path with what follows it; null where there is none. */
export function ownPathIn(program: Uint8Array, root: string): string | null {
  const bytes = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  const found = BELOW.map((folder) => bytes.indexOf(`${root}/${folder}/`)).filter((at) => at !== -1);
  if (found.length === 0) return null;
  const at = Math.min(...found);
  return bytes.toString("latin1", at, at + SHOWN_BYTES);
}
