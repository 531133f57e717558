/**
 * escapes: PROOF-4's question whether what is driven reaches anything that a rollback does not undo.
 *
 * What the kernel's scan finds is refused unless it was accepted by name, and all of it is kept for the report: what
 * may reach outside is listed where it says what the rollback did not undo. Called by the targets.
 */
import { Failure } from "../src/kernel/failure.ts";
import type { Escape } from "../src/kernel/rollback-only/effects.ts";
import { scanEscapes, scanRelations } from "../src/kernel/rollback-only/escape-scan.ts";
import type { Script } from "../src/kernel/rollback-only/script.ts";
import { expectEqual, failed, type Judgement, judge } from "../src/report/judgement.ts";
import type { ProofContext } from "./context.ts";

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
  context.record.escapes = escapes;
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
  context.record.escapes = escapes;
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

/** `1 statement`, `2 statements`. */
export function howMany({ statements }: Script): string {
  return `${statements.length} statement${statements.length === 1 ? "" : "s"}`;
}
