/**
 * escapes: PROOF-4's question whether what is driven reaches anything that a rollback does not undo.
 *
 * What the kernel's scan finds is refused unless it was accepted by name, and all of it is kept for the report: what
 * may reach outside is listed where it says what the rollback did not undo. Called by the targets.
 */
import type { RowFilter } from "../src/kernel/counts/request.ts";
import { Failure } from "../src/kernel/failure.ts";
import type { Escape } from "../src/kernel/rollback-only/effects.ts";
import { scanEscapes, scanReads, scanRelations } from "../src/kernel/rollback-only/escape-scan.ts";
import { parseScript, type Script } from "../src/kernel/rollback-only/script.ts";
import { expectEqual, failed, type Judgement, judge } from "../src/report/judgement.ts";
import type { LeakQuery, ProofContext, ProofTarget } from "./context.ts";

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
  const escapes = await scanRelations(session, relations, acceptedNames(context));
  if (escapes instanceof Failure) return failed(escapes);
  context.record.escapes = escapes;
  const refused = escapes.filter((found) => found.weight === "refused");
  return refused.length === 0 ? null : failed(refusal(refused), { escapes: escapes.map(describe) });
}

/**
 * What the witness will run in its own session reaches: policies and views of what it counts, the conditions of a
 * spec, the leak queries.
 */
export async function witnessEscapes(context: ProofContext, target: ProofTarget): Promise<readonly Escape[] | Failure> {
  const watched = await target.watched(context);
  if (watched instanceof Failure) return watched;
  const witness = await context.connections.witness();
  if (witness instanceof Failure) return witness;
  const queries: Script[] = [];
  const texts = watched.flatMap(({ filter }) => (filter === null ? [] : [asQuery(filter)]));
  const leaks = target.leaks.filter(({ writtenBy }) => writtenBy === "operator");
  for (const { text, parameters } of [...texts, ...leaks]) {
    const parsed = await parseScript(text, parameters);
    if (parsed instanceof Failure) return parsed;
    queries.push(parsed);
  }
  const relations = [...new Set(watched.map(({ relation }) => relation))];
  const { digest } = context.options.counts;
  const escapes = await scanReads(witness.session, { relations, digest, queries }, acceptedNames(context));
  return escapes instanceof Failure ? escapes : escapes.map(asRead);
}

/** Adds them to what the report lists. Null where all of them were accepted, or are only listed. */
export function refuseWitness(context: ProofContext, escapes: readonly Escape[]): Judgement | null {
  context.record.escapes = [...context.record.escapes, ...escapes];
  const refused = escapes.filter((found) => found.weight === "refused");
  if (refused.length === 0) return null;
  const instead = "Take it away, or let a witness look for whom it is not in force (--witness-url)";
  return failed(refusal(refused, instead), { escapes: escapes.map(describe) });
}

function asQuery({ predicate, parameters }: RowFilter): Pick<LeakQuery, "text" | "parameters"> {
  return { text: `SELECT WHERE ${predicate}`, parameters };
}

function asRead(found: Escape): Escape {
  return { ...found, description: `by counting, or by a query of the witness: ${found.description}` };
}

function acceptedNames({ options }: ProofContext): readonly string[] {
  const prefix = "escape ";
  const accepted = options.allowances.filter((name) => name.startsWith(prefix));
  return accepted.map((name) => name.slice(prefix.length));
}

const READ_IT =
  "What SQL made at run time will say is not known before it runs: read it where it is made, at the places named.";

function refusal(escapes: readonly Escape[], instead = "Remove it"): Failure {
  const names = escapes.map((found) => found.name);
  const unread = names.includes("dynamic-sql") ? `${READ_IT} ` : "";
  const hint = `${unread}${instead}, or accept it by name: ${names.map((name) => `--allow-escape ${name}`).join(" ")}`;
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
