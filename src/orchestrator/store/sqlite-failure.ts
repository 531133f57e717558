/**
 * store/sqlite-failure: what SQLite says of the disk, of other processes and of the file, as a Failure.
 *
 * A broken constraint or a wrong statement is a bug of ours and is thrown on. Called around everything that the store
 * asks of SQLite. The meaning of the codes: sqlite.org/rescode.html.
 */
import { Failure, type FailureCode } from "../../kernel/failure.ts";

type Meaning = readonly [RegExp, FailureCode, string];

/** By the primary result code, which the extended ones (SQLITE_IOERR_FSYNC) begin with. */
const MEANINGS: readonly Meaning[] = [
  [/^SQLITE_(BUSY|LOCKED|PROTOCOL)/, "STORE_BUSY", "another process is writing into it"],
  [/^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM)/, "FILE_WRITE_FAILED", "it cannot be written"],
  [/^SQLITE_(NOTADB|CORRUPT)/, "STORE_DAMAGED", "it is damaged, or not a run store"],
];

/** After a failed sync SQLite goes on with the old state; what a crash then makes of the log is the disk's to say. */
const STORE_AS_BEFORE =
  "The run store stands as it was; if the process dies before it is written again, look once more.";

/** Of a file that nobody has judged yet: a statement that fails on it (an unknown file format) says that of it. */
export const WHILE_OPENING: Meaning = [/^SQLITE_ERROR$/, "STORE_DAMAGED", "it is damaged, or not a run store"];

/** STORE_BUSY, FILE_WRITE_FAILED or STORE_DAMAGED with `facts.sqlite`, e.g. SQLITE_FULL; throws on anything else. */
export function sqliteFailure(path: string, error: unknown, ...more: readonly Meaning[]): Failure {
  const code = sqliteCode(error);
  const [, meaning, words] = [...MEANINGS, ...more].find(([pattern]) => pattern.test(code)) ?? [];
  if (meaning === undefined) throw error;
  const said = error instanceof Error ? error.message : String(error);
  return new Failure(meaning, `the run store ${path}: ${words} (${code}: ${said})`, {
    ...(meaning === "FILE_WRITE_FAILED" ? { data: STORE_AS_BEFORE } : {}),
    facts: { path, sqlite: code },
    cause: error,
  });
}

/** By name: the module that has the class is not loaded before a store is opened. */
function sqliteCode(error: unknown): string {
  const isSqlite = error instanceof Error && error.name === "SQLiteError" && "code" in error;
  if (isSqlite && typeof error.code === "string") return error.code;
  throw error;
}
