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
import type { Escape } from "../../src/kernel/rollback-only/effects.ts";
import { scanEscapes, scanRelations } from "../../src/kernel/rollback-only/escape-scan.ts";
import { decodeScript, parseScript, type Script } from "../../src/kernel/rollback-only/script.ts";
import type { ProofContext, ProofTarget } from "../context.ts";
import { expectEqual, failed, type Judgement, judge } from "../judgement.ts";
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
  if (script instanceof Failure) return script;
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

/** `1 statement`, `2 statements`. */
export function howMany({ statements }: Script): string {
  return `${statements.length} statement${statements.length === 1 ? "" : "s"}`;
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

/** PROOF-4: the statements parsed and hold no transaction command; nothing reaches outside but what was accepted. */
export async function holdsNoEscape(
  context: ProofContext,
  script: Script,
  accepted: readonly string[],
): Promise<Judgement> {
  const session = await context.connections.proof();
  if (session instanceof Failure) return failed(session);
  const escapes = await scanEscapes(session, script, accepted);
  if (escapes instanceof Failure) return failed(escapes);
  const refused = escapes.filter((found) => found.weight === "refused");
  if (refused.length > 0) return failed(refusal(refused), { escapes: escapes.map(describe) });
  const kinds = [...new Set(script.statements.map((statement) => statement.kind))];
  return judge({
    summary: `${howMany(script)} parsed, none ends a transaction, no escape`,
    facts: { statements: script.statements.length, kinds, escapes: escapes.map(describe) },
    mismatches: expectEqual("escapes not accepted", 0, refused.length),
  });
}

/** For targets that drive statements of cutter's own: what the relations that they write to make the server run. */
export async function relationsEscape(context: ProofContext, relations: readonly string[]): Promise<Judgement | null> {
  const session = await context.connections.proof();
  if (session instanceof Failure) return failed(session);
  const prefix = "escape ";
  const accepted = context.options.allowances.filter((name) => name.startsWith(prefix));
  const names = accepted.map((name) => name.slice(prefix.length));
  const escapes = await scanRelations(session, relations, names);
  if (escapes instanceof Failure) return failed(escapes);
  const refused = escapes.filter((found) => found.weight === "refused");
  return refused.length === 0 ? null : failed(refusal(refused), { escapes: escapes.map(describe) });
}

function refusal(escapes: readonly Escape[]): Failure {
  const names = escapes.map((found) => found.name);
  const hint = `Remove it, or accept it by name: ${names.map((name) => `--allow-escape ${name}`).join(" ")}`;
  return new Failure("SCRIPT_ESCAPES", escapes.map((found) => found.description).join("; "), {
    hint,
    facts: { names },
  });
}

function describe(found: Escape): string {
  return `${found.weight}: ${found.name}, ${found.description}`;
}
