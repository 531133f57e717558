/**
 * spec: the target that is an operator's own contract: role, watched relations, statements, declared blast radius,
 * leaks.
 *
 * Like the sql target in how it runs; unlike it, what the statements do is compared with what the file declares, and
 * an undeclared table, a count outside its bounds or an undeclared change of the catalog fails the proof.
 */
import { basename } from "node:path";
import { readRelationName } from "../../src/kernel/counts/relation-name.ts";
import type { CountRequest, RowFilter } from "../../src/kernel/counts/request.ts";
import { Failure } from "../../src/kernel/failure.ts";
import {
  type CatalogEffect,
  type Count,
  EVERY_OTHER_RELATION,
  type RelationEffect,
} from "../../src/kernel/rollback-only/effects.ts";
import { parseScript, type Script } from "../../src/kernel/rollback-only/script.ts";
import type { Mismatch } from "../../src/report/battery.ts";
import type { Drive, LeakQuery, ProofContext, ProofTarget } from "../context.ts";
import { holdsNoEscape, howMany } from "../escapes.ts";
import { refusedCommit } from "../refused-commit.ts";
import { driveSealed } from "../sealed-drive.ts";
import { type Bound, outsideBound, readSpec, type Spec } from "../spec.ts";
import { type WatchFlags, watchAll } from "../watch.ts";

export type SpecFlags = WatchFlags & { readonly spec: string; readonly "allow-escape": readonly string[] };

/** Failures: FILE_UNREADABLE, CONFIG_INVALID, SCRIPT_UNPARSABLE, SCRIPT_NOT_SEALABLE. */
export async function specTarget(flags: SpecFlags): Promise<ProofTarget | Failure> {
  const spec = await readSpec(flags.spec);
  return spec instanceof Failure ? spec : declaredTarget(spec, flags);
}

/** `spec` only names it. Failures: CONFIG_INVALID, SCRIPT_UNPARSABLE, SCRIPT_NOT_SEALABLE. */
export async function declaredTarget(spec: Spec, flags: SpecFlags): Promise<ProofTarget | Failure> {
  const script = await parseScript(spec.statements.map((statement) => statement.trim().replace(/;$/, "")).join(";\n"));
  if (script instanceof Failure) return script;
  const queries = await checkQueries(spec, flags.spec);
  if (queries instanceof Failure) return queries;
  return {
    kind: "spec",
    name: `${basename(flags.spec)}, ${howMany(script)}`,
    chosenBecause: "--spec",
    tier: "sealed",
    expectedRole: spec.role ?? null,
    settings: { file: flags.spec },
    refuses: refusedCommit,
    contract: (context) => holdsNoEscape(context, script, flags["allow-escape"]),
    watched: (context) => watchedBySpec(context, { spec, flags }),
    drive: (context, order) => driveSealed(context, { ...order, script, explain: "without plans" }),
    judgeDrive: (drive) => asDeclared(drive, spec),
    leaks: leakQueries(spec),
  };
}

/** The conditions are each one condition and nothing after it, the leak query is one SELECT: seen by the parser. */
async function checkQueries(spec: Spec, path: string): Promise<null | Failure> {
  const invalid = (query: string, why: string) => new Failure("CONFIG_INVALID", `${path}: ${query}: ${why}`);
  for (const { where } of spec.watch) {
    if (where === undefined) continue;
    const parsed = await parseScript(`SELECT WHERE (${where}\n)`);
    if (parsed instanceof Failure) return invalid(where, parsed.message);
    if (!isOneSelect(parsed) || !isBareWhere(parsed)) return invalid(where, "it should be one condition");
  }
  if (spec.leak_query === undefined) return null;
  const parsed = await parseScript(spec.leak_query);
  if (parsed instanceof Failure) return invalid(spec.leak_query, parsed.message);
  return isOneSelect(parsed) ? null : invalid(spec.leak_query, "it should be one SELECT");
}

/** No UNION, GROUP BY or LIMIT slipped in behind the condition: it will stand in a query that counts. */
function isBareWhere(script: Script): boolean {
  const select = script.statements[0]?.tree.SelectStmt;
  const clauses = typeof select === "object" && select !== null ? Object.keys(select) : [];
  return clauses.every((clause) => ["whereClause", "limitOption", "op"].includes(clause));
}

function isOneSelect(script: Script): boolean {
  return script.statements.length === 1 && script.statements[0]?.kind === "SELECT";
}

async function watchedBySpec(
  context: ProofContext,
  { spec, flags }: { spec: Spec; flags: SpecFlags },
): Promise<readonly CountRequest[] | Failure> {
  const filtered = spec.watch.flatMap(({ relation, where }): CountRequest[] =>
    where === undefined ? [] : [{ relation, filter: conditionOf(where) }],
  );
  const all = await watchAll(context, {
    ...flags,
    watch: [...spec.watch.map((entry) => entry.relation), ...flags.watch],
  });
  return all instanceof Failure ? all : [...filtered, ...all];
}

function conditionOf(where: string): RowFilter {
  return { label: where, predicate: `(${where}\n)`, parameters: [], path: "of the role" };
}

function leakQueries(spec: Spec): readonly LeakQuery[] {
  if (spec.leak_query === undefined) return [];
  return [{ what: "the leak query of the spec", text: spec.leak_query, parameters: [], writtenBy: "operator" }];
}

function asDeclared({ effects }: Drive, spec: Spec): readonly Mismatch[] {
  const declared = new Map(spec.declare.map((entry) => [entry.relation, entry]));
  const touched = new Map(effects.relations.map((entry) => [asSpecWrites(entry.relation), entry]));
  const undeclared = [...touched].filter(([relation]) => !declared.has(relation));
  const outside = [...declared].flatMap(([relation, allowed]) =>
    compare(touched.get(relation) ?? untouched(relation), allowed),
  );
  const extra = undeclared.map(([, { relation }]) => ({
    what: relation,
    expected: "not touched: it is not declared",
    seen: "touched",
  }));
  return [...outside, ...extra, ...catalogAsDeclared(effects.catalog, spec)];
}

/** The catalog quotes words that a declaration need not (`public."user"`): both are read in the same way. */
function asSpecWrites(relation: string): string {
  const read = relation === EVERY_OTHER_RELATION ? null : readRelationName(relation);
  return read?.rest === "" ? read.relation : relation;
}

/** What is no row: what changed and is not declared, and what is declared and did not change. */
function catalogAsDeclared(changes: readonly CatalogEffect[], spec: Spec): Mismatch[] {
  const told = (change: string, kind: string, name: string) => `${change} ${kind} ${name}`;
  const declared = new Set(spec.catalog.map(({ change, kind, name }) => told(change, kind, name)));
  const seen = new Set(changes.map(({ change, objectKind, name }) => told(change, objectKind, name)));
  const extra = changes
    .filter(({ change, objectKind, name }) => !declared.has(told(change, objectKind, name)))
    .map(({ change, objectKind, name }) => ({
      what: `${objectKind} ${name}`,
      expected: "not changed: it is not declared ([[catalog]])",
      seen: change,
    }));
  const missing = spec.catalog
    .filter(({ change, kind, name }) => !seen.has(told(change, kind, name)))
    .map(({ change, kind, name }) => ({ what: `${kind} ${name}`, expected: change, seen: "not so" }));
  return [...missing, ...extra];
}

function untouched(relation: string): RelationEffect {
  return { oid: null, relation, inserted: 0, updated: 0, deleted: 0, reason: null };
}

const KINDS = ["inserted", "updated", "deleted"] as const;

function compare(entry: RelationEffect, allowed: { readonly [kind in (typeof KINDS)[number]]: Bound }): Mismatch[] {
  return KINDS.flatMap((kind) => {
    const expected = differs(entry[kind], allowed[kind]);
    return expected === null ? [] : [{ what: `${entry.relation}: rows ${kind}`, expected, seen: `${entry[kind]}` }];
  });
}

/** A count that is not known keeps no bound. */
function differs(count: Count, allowed: Bound): string | null {
  if (count === "uncountable") return typeof allowed === "number" ? `${allowed}` : "a number within its bounds";
  return outsideBound(count, allowed);
}
