/**
 * sql: the target that is a script of the operator's: a migration, a data fix, anything that PostgreSQL's parser
 * takes.
 *
 * Parsed and classified before any connection; scanned for escapes once connected; run in the sealed tier, where the
 * server refuses every transaction command and takes all of it back in the same round trip. All user tables are
 * watched.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { Failure } from "../../src/kernel/failure.ts";
import { failedCall } from "../../src/kernel/private-files/errno.ts";
import { decodeScript, parseScript, type Script } from "../../src/kernel/rollback-only/script.ts";
import type { ProofTarget } from "../context.ts";
import { holdsNoEscape, howMany } from "../escapes.ts";
import { refusedCommit } from "../refused-commit.ts";
import { driveSealed } from "../sealed-drive.ts";
import { type WatchFlags, watchAll } from "../watch.ts";

export type SqlFlags = WatchFlags & {
  readonly sql: string;
  readonly param: readonly string[];
  readonly explain: boolean;
  readonly "allow-escape": readonly string[];
};

/** Failures: FILE_UNREADABLE, SCRIPT_UNPARSABLE, SCRIPT_NOT_SEALABLE, USAGE for the parameters. */
export async function sqlTarget(flags: SqlFlags): Promise<ProofTarget | Failure> {
  const script = await readScript(flags.sql, flags.param);
  return script instanceof Failure ? script : scriptTarget(script, flags);
}

/** `sql` only names it. */
export function scriptTarget(script: Script, flags: Omit<SqlFlags, "param">): ProofTarget {
  return {
    kind: "sql",
    name: `${basename(flags.sql)}, ${howMany(script)}`,
    chosenBecause: "--sql",
    tier: "sealed",
    expectedRole: null,
    settings: { file: flags.sql },
    refuses: refusedCommit,
    contract: (context) => holdsNoEscape(context, script, flags["allow-escape"]),
    watched: (context) => watchAll(context, flags),
    drive: (context, order) =>
      driveSealed(context, { ...order, script, explain: flags.explain ? "with plans" : "without plans" }),
    judgeDrive: () => [],
    leaks: [],
  };
}

async function readScript(path: string, parameters: readonly string[]): Promise<Script | Failure> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    return new Failure("FILE_UNREADABLE", failedCall(`read ${path}`, cause), { cause });
  }
  const text = decodeScript(bytes);
  return text instanceof Failure ? text : parseScript(text, parameters);
}
