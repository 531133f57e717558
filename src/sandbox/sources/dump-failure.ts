/**
 * sources/dump-failure: why pg_dump ended otherwise than with 0, in its own words, with what to do about it.
 *
 * Another version than the server's is told with both versions, which stand in its second line. Pure. Called by
 * database.ts.
 */
import { Failure } from "../../kernel/failure.ts";

export type DumpEnd = { readonly code: number | null; readonly signal: string | null; readonly stderr: string };

export function dumpFailure({ code, signal, stderr }: DumpEnd): Failure {
  const said = stderr.split("\n").filter((line) => line.trim() !== "");
  const isMismatch = said.some((line) => line.includes("server version mismatch"));
  const told = isMismatch ? said.slice(0, 2) : said.slice(0, 1);
  const words = told.length === 0 ? "it said nothing" : told.join("; ");
  return new Failure("SANDBOX_DUMP_BROKEN", `pg_dump ended with ${signal ?? `exit code ${code}`}: ${words}`, {
    hint: isMismatch ? OTHER_VERSION : MAY_NOT_READ,
    data: "Production was read at most; no throwaway database was made yet.",
  });
}

const MAY_NOT_READ =
  "pg_dump reads the whole database as the role of the connection, which needs pg_read_all_data for that.";
const OTHER_VERSION =
  "Name pg_dump and pg_restore of the server's version in [backup] of cutter.toml; the throwaway server has to be of " +
  "that version, too: with --provider local its initdb has to be the first in PATH, with docker it is --image.";
