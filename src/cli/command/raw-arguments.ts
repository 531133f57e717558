/**
 * raw-arguments: refuses a command line that holds bytes which are not UTF-8.
 *
 * The runtime turns each such byte into U+FFFD, and what was then proven would be about other data. The bytes as they
 * came are in /proc/self/cmdline; it is read only where that character is seen, and where it cannot be read the line is
 * refused, since nobody can tell. Never tells the text, which may hold a password. Called by program.ts.
 */
import { Failure } from "../../kernel/failure.ts";

/** `argv` holds no program name. A USAGE Failure, or null where every word came as it is. */
export function refuseForeignBytes(argv: readonly string[]): Failure | null {
  const suspects = argv.flatMap((text, index) => (text.includes("\uFFFD") ? [index] : []));
  if (suspects.length === 0) return null;
  const raw = rawArguments(argv.length);
  const foreign = suspects.find((index) => !isUtf8(raw?.[index]));
  if (foreign === undefined) return null;
  return new Failure("USAGE", `${placeOf(argv, foreign)} holds bytes that are not UTF-8`, {
    hint: "Give it in UTF-8: another encoding, such as LATIN1, would be read as other characters.",
  });
}

function rawArguments(count: number): readonly Uint8Array[] | null {
  try {
    // Asked for here and not imported: nearly no run needs it, and it costs every run's start a millisecond.
    const { readFileSync } = process.getBuiltinModule("node:fs");
    const line = readFileSync("/proc/self/cmdline");
    const words: Uint8Array[] = [];
    for (let start = 0; start < line.length; ) {
      const found = line.indexOf(0, start);
      const end = found === -1 ? line.length : found;
      words.push(line.subarray(start, end));
      start = end + 1;
    }
    return words.slice(-count);
  } catch {
    return null;
  }
}

function isUtf8(bytes: Uint8Array | undefined): boolean {
  if (bytes === undefined) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** `argument 8, after --param,` or `argument 7, --param=,`. */
function placeOf(argv: readonly string[], index: number): string {
  const [own = "", before = ""] = [argv[index], argv[index - 1]];
  const option = /^--[\w-]+=/.exec(own)?.[0];
  const place = option ?? (/^--[\w-]+$/.test(before) ? `after ${before}` : null);
  return place === null ? `argument ${index + 1}` : `argument ${index + 1}, ${place},`;
}
