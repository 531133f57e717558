/**
 * unparsable: why the parser does not accept a script, with line and column, and in psql's terms where that is the
 * cause.
 *
 * Scripts written for psql hold backslash commands and COPY data lines, which are not SQL. This says so instead of
 * "syntax error". Never guesses a repair. Called by script.ts only.
 */
import { Failure } from "../failure.ts";

/** A place in the text: byte offset, and the line it is on (1 for the first). */
export type Cursor = { readonly offset: number; readonly line: number };

/** Moves a cursor forward to `offset`, counting the lines between. */
export function cursorAt(bytes: Buffer, from: Cursor, offset: number): Cursor {
  let line = from.line;
  let at = bytes.indexOf(0x0a, from.offset);
  while (at !== -1 && at < offset) {
    line += 1;
    at = bytes.indexOf(0x0a, at + 1);
  }
  return { offset, line };
}

/** What the parser threw → SCRIPT_UNPARSABLE or, for COPY data lines, SCRIPT_NOT_SEALABLE. Facts: line, column. */
export async function describeUnparsable(text: string, cause: unknown): Promise<Failure> {
  const { hasSqlDetails } = await import("libpg-query");
  const words = cause instanceof Error ? cause.message : String(cause);
  if (!hasSqlDetails(cause)) return gaveUp(words, cause);
  // cursorPosition counts characters (code points), not UTF-16 units.
  const before = [...text].slice(0, cause.sqlDetails?.cursorPosition ?? 0).join("");
  const line = before.split("\n").length;
  const column = [...before.slice(before.lastIndexOf("\n") + 1)].length + 1;
  const facts = { line, column, parser: words };
  const where = `line ${line}, column ${column}`;
  if (await endsInCopyFromStdin(before)) {
    const reason =
      "data lines of COPY FROM STDIN: its data comes from the client, which a block in the server cannot read";
    return new Failure("SCRIPT_NOT_SEALABLE", `${where}: ${reason}`, { facts });
  }
  const rest = text.slice(before.length);
  if (rest.startsWith("\\")) {
    const command = rest.split(/\s/)[0] ?? "\\";
    const hint = "Remove the lines that begin with a backslash: they are commands of psql, not SQL.";
    return new Failure("SCRIPT_UNPARSABLE", `${where}: ${command} is a psql meta-command`, { facts, hint });
  }
  return new Failure("SCRIPT_UNPARSABLE", `${where}: ${words}`, { facts, cause });
}

/** Not a fault that it found in the text, so it names no place. */
function gaveUp(words: string, cause: unknown): Failure {
  const facts = { parser: words };
  if (!(cause instanceof RangeError)) {
    const hint = "Which line it is, the parser does not say. Prove parts of the script by themselves to find it.";
    return new Failure("SCRIPT_UNPARSABLE", `the parser gave up: ${words}`, { cause, facts, hint });
  }
  const hint =
    "Which line it is, the parser does not say: look for an expression of tens of thousands of terms or parentheses," +
    " and write it as VALUES, as an array, or in several statements.";
  const message = "the parser ran out of stack: a statement nests too deeply";
  return new Failure("SCRIPT_UNPARSABLE", message, { cause, facts, hint });
}

async function endsInCopyFromStdin(before: string): Promise<boolean> {
  const end = before.lastIndexOf(";");
  if (end === -1) return false;
  const { parse } = await import("libpg-query");
  try {
    const result = await parse(before.slice(0, end));
    const last = result.stmts?.at(-1)?.stmt as { CopyStmt?: { filename?: string; is_from?: boolean } } | undefined;
    return last?.CopyStmt !== undefined && last.CopyStmt.filename === undefined && last.CopyStmt.is_from === true;
  } catch {
    return false;
  }
}
