/**
 * iu: the target that is the information unit contract: the real `fn_iu_create`, driven from an enriched row.
 *
 * The one file of proofs/ that may know the execution adapter: PROOF-2 judges its six methods, PROOF-4 its guard and
 * the functions in the catalog, PROOF-5 drives the body of leg A. The adapter and the guard come in as parts, so that a
 * sabotage can break them.
 */
import { randomUUID } from "node:crypto";
import { type ExecutionAdapter, METHODS } from "../../src/execution/adapter.ts";
import { createDraftUnits } from "../../src/execution/leg-a.ts";
import { productionAdapter } from "../../src/execution/production.ts";
import { checkUnitRow, type UnitRow } from "../../src/flow/write-contract.ts";
import { countInside } from "../../src/kernel/counts/inside.ts";
import type { RelationCount } from "../../src/kernel/counts/request.ts";
import { type Fact, Failure } from "../../src/kernel/failure.ts";
import { rollbackOnly } from "../../src/kernel/rollback-only/guarded.ts";
import { pinned } from "../../src/kernel/rollback-only/pinned.ts";
import type { Session } from "../../src/kernel/session/session.ts";
import type { Mismatch } from "../../src/report/battery.ts";
import { expectEqual, failed, type Judgement, judge } from "../../src/report/judgement.ts";
import { contractDifferences, readContract } from "../../src/schema/contract.ts";
import { ConnectionShim } from "../connection-shim.ts";
import { type Drive, type DriveOrder, longestLookMs, type ProofContext, type ProofTarget } from "../context.ts";
import { relationsEscape } from "../escapes.ts";

export const PROBE_PREFIX = "CUTTER-PROOF/";

/** What is written, and by how much; every other relation is undeclared. */
const DECLARED = new Map([
  ["public.information_unit", 1],
  ["public.unit_version", 1],
]);

const WATCHED = ["information_unit", "unit_version", "iu_lifecycle_log", "system_vocab"].map(
  (name) => `public.${name}`,
);

/** Without schema, as the escape scan takes them. */
const TOUCHED = ["information_unit", "unit_version", "iu_lifecycle_log"];

export type IuParts = {
  readonly adapter: (connect: () => Promise<Session | Failure>, context: ProofContext) => ExecutionAdapter;
  readonly guard: typeof checkUnitRow;
};

export const realParts: IuParts = {
  adapter: (connect, context) => productionAdapter({ killSwitch: context.killSwitch, connect, live: null }),
  guard: checkUnitRow,
};

export function iuTarget(chosenBecause: string, parts: IuParts = realParts): ProofTarget {
  const address = `${PROBE_PREFIX}${randomUUID()}`;
  const row: UnitRow = {
    canonical_address: address,
    title: "Probe of the rollback-only proof",
    body: "This unit exists only inside a transaction that the server refuses to commit.",
    actor: "cutter-proof",
    unit_kind: "law_unit",
    section_type: "article",
    publication_type: "law",
    owner_ref: null,
  };
  return {
    kind: "iu",
    name: "the information unit contract (fn_iu_create)",
    chosenBecause,
    tier: "guarded",
    expectedRole: "cutter_exec",
    settings: { probe_address: address },
    refuses: (context) => sixRefusals(context, parts),
    contract: async (context) => (await relationsEscape(context, TOUCHED)) ?? guardAndCatalog(context, { parts, row }),
    watched: async () => WATCHED.map((relation) => ({ relation, filter: null })),
    drive: (context, order) => driveLegA(context, { ...order, row }),
    judgeDrive: undeclared,
    disturbances: countsInside,
    leaks: [
      {
        what: `units below ${PROBE_PREFIX}`,
        text: `SELECT pg_catalog.count(*) AS rows FROM public.information_unit AS u
          WHERE pg_catalog.starts_with(u.canonical_address, $1)`,
        parameters: [PROBE_PREFIX],
        writtenBy: "cutter",
      },
    ],
  };
}

/** PROOF-2: every method refuses, and none of them asked for a connection. */
async function sixRefusals(context: ProofContext, parts: IuParts): Promise<Judgement> {
  let providerCalls = 0;
  const connect = async (): Promise<Failure> => {
    providerCalls += 1;
    return new Failure("CONNECT_FAILED", "PROOF-2 gives no connection");
  };
  const adapter = parts.adapter(connect, context);
  const answers: { [method: string]: Fact } = {};
  const mismatches: Mismatch[] = [];
  for (const method of METHODS) {
    const answer = await adapter[method]({ runId: "proof-2" });
    const code = answer instanceof Failure ? answer.code : "performed";
    answers[method] = code;
    mismatches.push(...expectEqual(method, "KILL_SWITCH_OFF", code));
  }
  mismatches.push(...expectEqual("connections asked for", 0, providerCalls));
  const refused = Object.values(answers).filter((code) => code === "KILL_SWITCH_OFF").length;
  return judge({
    summary: `${refused} of ${METHODS.length} methods refused, provider_calls=${providerCalls}`,
    facts: { provider_calls: providerCalls, answers },
    mismatches,
  });
}

/** PROOF-4: the guard knows an enriched row from a bare one, and the functions are those of the contract. */
async function guardAndCatalog(
  context: ProofContext,
  { parts, row }: { parts: IuParts; row: UnitRow },
): Promise<Judgement> {
  const session = await context.connections.proof();
  if (session instanceof Failure) return failed(session);
  const contract = await pinned(session, () => readContract(session));
  if (contract instanceof Failure) return failed(contract);
  const bare: UnitRow = {
    canonical_address: row.canonical_address ?? "",
    title: row.title ?? "",
    body: row.body ?? "",
  };
  const absent = ["actor", "unit_kind", "section_type", "publication_type"];
  const enrichedVerdict = parts.guard(row, contract.vocabulary);
  const bareVerdict = parts.guard(bare, contract.vocabulary);
  const mismatches = [
    ...expectEqual("enriched row: accepted", true, enrichedVerdict.accepted),
    ...expectEqual("enriched row: missing", "", enrichedVerdict.missing.join(", ")),
    ...expectEqual("bare row: accepted", false, bareVerdict.accepted),
    ...expectEqual("bare row: missing", absent.join(", "), bareVerdict.missing.join(", ")),
    ...contractDifferences(contract),
  ];
  return judge({
    summary: `enriched row missing=[${enrichedVerdict.missing}], bare row missing=[${bareVerdict.missing}]`,
    facts: {
      enriched_missing: enrichedVerdict.missing,
      bare_missing: bareVerdict.missing,
      functions: contract.functions.map((entry) => entry.signature),
      contract_digest: contract.digest,
    },
    mismatches,
  });
}

/** PROOF-5: the body of leg A, through the shim, in a transaction that cannot commit. */
async function driveLegA(context: ProofContext, order: DriveOrder & { row: UnitRow }): Promise<Drive | Failure> {
  const { lockTimeoutMs, statementTimeoutMs } = context.options;
  const result = await rollbackOnly(
    order.session,
    async (transaction) => {
      const created = await createDraftUnits(new ConnectionShim(transaction), [order.row]);
      if (created instanceof Failure) return created;
      const inside = await countInside(transaction, order.watched);
      return inside instanceof Failure ? inside : { created, inside };
    },
    {
      lockTimeoutMs,
      statementTimeoutMs,
      idleTimeoutMs: longestLookMs(context.options),
      beforeWork: async () => failureIn(await order.lookedBefore()),
      beforeRollback: order.moment,
    },
  );
  if (result instanceof Failure) return result;
  const { created, inside } = result.value;
  return {
    tier: "guarded",
    effects: result.effects,
    inTransaction: inside,
    lookedMs: result.lookedMs,
    facts: {
      status: "created",
      information_unit_id: created[0]?.informationUnitId ?? null,
      unit_version_id: created[0]?.unitVersionId ?? null,
      backend_pid: result.backendPid,
      statements: result.statements,
    },
  };
}

function failureIn(answer: unknown): Failure | null {
  return answer instanceof Failure ? answer : null;
}

/** Exactly the declared rows moved, by blast radius, which counts no rows but the proof's own; nothing else did. */
function undeclared(drive: Drive): readonly Mismatch[] {
  const touched = new Map(drive.effects.relations.map((entry) => [entry.relation, entry]));
  const declared = [...DECLARED].flatMap(([relation, rows]) => {
    const entry = touched.get(relation);
    const seen = `+${entry?.inserted ?? 0} ~${entry?.updated ?? 0} -${entry?.deleted ?? 0}`;
    return expectEqual(`rows of ${relation}`, `+${rows} ~0 -0`, seen);
  });
  const others = [...touched.keys()].filter((relation) => !DECLARED.has(relation));
  const objects = drive.effects.catalog.map((entry) => `${entry.change} ${entry.objectKind} ${entry.name}`);
  return [
    ...declared,
    ...expectEqual("undeclared tables", "none", others.join(", ") || "none"),
    ...expectEqual("undeclared objects", "none", objects.join(", ") || "none"),
  ];
}

/** The counts move by as much; what other sessions commit in between moves them too. */
function countsInside(drive: Drive, before: readonly RelationCount[]): readonly Mismatch[] {
  return [...DECLARED].flatMap(([relation, rows]) => {
    const outside = before.find((count) => count.relation === relation);
    const inside = drive.inTransaction?.find((count) => count?.relation === relation);
    if (outside?.how !== "exact" || inside?.how !== "exact") return [];
    return expectEqual(`count of ${relation} inside`, (outside.rows ?? 0) + rows, inside.rows);
  });
}
