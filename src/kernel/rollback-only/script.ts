/**
 * script: a text of SQL → statements, by PostgreSQL's own parser (libpg_query), or the reason why it is refused.
 *
 * A script is trusted no further than this: each statement is the exact slice of the text that the parser took for one
 * statement. Nothing is split by regular expression, nothing is repaired. What cannot be sealed is refused here, before
 * any connection, with every offending statement named. Called by the `sql`, `spec` and `generic` targets.
 */
import { type Fact, Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { kindOf, reasonNotSealable, type Tree } from "./classify.ts";
import { bindParameters } from "./parameters.ts";
import { registerScriptSecrets } from "./script-secrets.ts";
import type { Script, Statement } from "./statement.ts";
import { type Cursor, cursorAt, describeUnparsable } from "./unparsable.ts";

export type { Script, Statement } from "./statement.ts";

type Parsed = { readonly stmt?: Tree; readonly stmt_location?: number; readonly stmt_len?: number };

/**
 * UTF-8 bytes → text, with a byte order mark taken off; SCRIPT_UNPARSABLE where they are not UTF-8, USAGE where too
 * many.
 */
export function decodeScript(bytes: Uint8Array): string | Failure {
  if (bytes.length > limits.scriptBytes) return tooLarge(bytes.length);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    return new Failure("SCRIPT_UNPARSABLE", "the script is not UTF-8 text", { cause });
  }
}

/**
 * Reads a script. `parameters` are the values of `$1`, `$2`, …: each is put in as a quoted literal without a type, at
 * exactly the places where the parser saw a parameter (never inside strings, function bodies or PREPARE), so it takes
 * the type that PostgreSQL gives a bare literal there.
 * Failures: SCRIPT_UNPARSABLE (facts line, column), SCRIPT_NOT_SEALABLE (facts statements), USAGE for the parameters.
 */
export async function parseScript(text: string, parameters: readonly string[] = []): Promise<Script | Failure> {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length > limits.scriptBytes) return tooLarge(bytes.length);
  const unreadable = unreadableCharacter(text);
  if (unreadable !== null) return new Failure("SCRIPT_UNPARSABLE", `the script holds ${unreadable}`);
  if (text.trim() === "") return emptyScript();
  const parsed = await parseTree(text);
  if (parsed instanceof Failure) return parsed;
  registerScriptSecrets(text, parsed);
  if (parsed.length === 0) return emptyScript();
  if (parsed.length > limits.scriptStatements) {
    const found = `${parsed.length} statements; the limit is ${limits.scriptStatements}`;
    return new Failure("SCRIPT_NOT_SEALABLE", `the script has ${found}`);
  }
  const statements = slice(bytes, parsed);
  return refuseUnsealable(statements) ?? bindParameters({ bytes, statements, parameters });
}

async function parseTree(text: string): Promise<readonly Parsed[] | Failure> {
  const { parse } = await import("libpg-query");
  try {
    const result = (await parse(text)) as { readonly stmts?: readonly Parsed[] };
    return result.stmts ?? [];
  } catch (cause) {
    return describeUnparsable(text, cause);
  }
}

/** Cuts each statement out of the text. Offsets are bytes; leading white space and comments belong to no statement. */
function slice(bytes: Buffer, parsed: readonly Parsed[]): Statement[] {
  let cursor: Cursor = { offset: 0, line: 1 };
  return parsed.map((one, position) => {
    const from = one.stmt_location ?? 0;
    const to = one.stmt_len === undefined || one.stmt_len === 0 ? bytes.length : from + one.stmt_len;
    cursor = cursorAt(bytes, cursor, firstWord(bytes, from));
    const tree = one.stmt ?? {};
    const text = bytes.toString("utf8", cursor.offset, to).trimEnd();
    return { index: position + 1, ...cursor, text, kind: kindOf(tree), tree };
  });
}

const [NEWLINE, DASH, SLASH, STAR] = [0x0a, 0x2d, 0x2f, 0x2a];

/** Offset of the first byte after white space and comments (block comments nest, as in PostgreSQL). */
function firstWord(bytes: Buffer, from: number): number {
  let at = from;
  let depth = 0;
  while (at < bytes.length) {
    const [here, next] = [bytes[at] ?? 0, bytes[at + 1]];
    if (here === SLASH && next === STAR) [depth, at] = [depth + 1, at + 2];
    else if (depth > 0) [depth, at] = here === STAR && next === SLASH ? [depth - 1, at + 2] : [depth, at + 1];
    else if (here === DASH && next === DASH) at = endOfLine(bytes, at);
    else if (here <= 0x20) at += 1;
    else return at;
  }
  return at;
}

function endOfLine(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(NEWLINE, from);
  return end === -1 ? bytes.length : end;
}

function refuseUnsealable(statements: readonly Statement[]): Failure | null {
  const refused: Fact[] = [];
  for (const { index, line, kind, tree } of statements) {
    const reason = reasonNotSealable(tree);
    if (reason !== null) refused.push({ statement: index, line, kind, reason });
  }
  if (refused.length === 0) return null;
  const lines = refused.map((one) => describeRefusal(one as Record<string, Fact>)).join("; ");
  const message = lines.slice(0, limits.errorTextCharacters);
  return new Failure("SCRIPT_NOT_SEALABLE", message, { facts: { statements: refused } });
}

function describeRefusal(one: Record<string, Fact>): string {
  return `line ${one.line}, ${one.kind}: ${one.reason}`;
}

function unreadableCharacter(text: string): string | null {
  if (text.includes("\0")) return "a NUL character, which PostgreSQL cannot store or read";
  return text.isWellFormed() ? null : "half of a surrogate pair, which is no character";
}

function emptyScript(): Failure {
  return new Failure("SCRIPT_UNPARSABLE", "the script holds no statement: nothing would be proven");
}

function tooLarge(bytes: number): Failure {
  return new Failure("USAGE", `the script has ${bytes} bytes; the limit is ${limits.scriptBytes}`);
}
