/**
 * contract: breaks what PROOF-4 watches: a guard that accepts a bare row, a function with another signature, a witness
 * whose looking reaches outside.
 *
 * What is changed in the catalog is changed as its owner, and put back.
 */
import { Failure } from "../../src/kernel/failure.ts";
import type { Sabotage } from "../proof.ts";
import { iuTarget, realParts } from "../targets/iu.ts";
import { changesDatabase } from "./owner.ts";
import { changingAnswers, replacesSession } from "./session.ts";

export const bareRowAccepted: Sabotage = {
  name: "the guard accepts a bare row",
  targets: ["iu"],
  async apply(context) {
    const guard = () => ({ accepted: true, missing: [], unresolved: [] });
    const target = async () => iuTarget("sabotage", { ...realParts, guard });
    return { context: { ...context, target }, undo: async () => null };
  },
};

export const fieldOverlooked: Sabotage = {
  name: "the guard overlooks one missing field",
  targets: ["iu"],
  async apply(context) {
    const guard: typeof realParts.guard = (row, vocabulary) => {
      const verdict = realParts.guard(row, vocabulary);
      return { ...verdict, missing: verdict.missing.filter((field) => field !== "section_type") };
    };
    const target = async () => iuTarget("sabotage", { ...realParts, guard });
    return { context: { ...context, target }, undo: async () => null };
  },
};

const ENACT = "public.fn_iu_enact(uuid, text)";

export const changedSignature: Sabotage = changesDatabase("a function has another signature", {
  apply: [
    `ALTER FUNCTION ${ENACT} RENAME TO fn_iu_enact_before`,
    stubFunction("fn_iu_enact(information_unit_id uuid)"),
  ],
  undo: [
    "DROP FUNCTION public.fn_iu_enact(uuid)",
    "ALTER FUNCTION public.fn_iu_enact_before(uuid, text) RENAME TO fn_iu_enact",
  ],
});

export const securityInvoker: Sabotage = changesDatabase("a function is no longer SECURITY DEFINER", {
  apply: [`ALTER FUNCTION ${ENACT} SECURITY INVOKER`],
  undo: [`ALTER FUNCTION ${ENACT} SECURITY DEFINER`],
});

function stubFunction(signature: string): string {
  return `CREATE FUNCTION public.${signature} RETURNS jsonb LANGUAGE sql AS 'SELECT NULL::jsonb'`;
}

export const functionMissing: Sabotage = changesDatabase("a function of the contract is not there", {
  apply: [`ALTER FUNCTION ${ENACT} RENAME TO fn_iu_enact_before`],
  undo: ["ALTER FUNCTION public.fn_iu_enact_before(uuid, text) RENAME TO fn_iu_enact"],
});

/** Nothing that is driven comes by this table: only counting does. */
export const policyReachesOutside: Sabotage = changesDatabase("counting runs a policy that reaches outside", {
  apply: [
    `CREATE FUNCTION public.cutter_sabotage() RETURNS boolean LANGUAGE plpgsql AS $stub$
      BEGIN IF false THEN PERFORM pg_catalog.pg_reload_conf(); END IF; RETURN true; END $stub$`,
    "CREATE POLICY cutter_sabotage ON public.system_vocab USING (public.cutter_sabotage())",
    "ALTER TABLE public.system_vocab ENABLE ROW LEVEL SECURITY",
  ],
  undo: [
    "ALTER TABLE public.system_vocab DISABLE ROW LEVEL SECURITY",
    "DROP POLICY cutter_sabotage ON public.system_vocab",
    "DROP FUNCTION public.cutter_sabotage()",
  ],
});

export const leakQueryReachesOutside: Sabotage = {
  name: "a leak query ends the work of other sessions",
  async apply(context) {
    const target = async () => {
      const honest = await context.target();
      if (honest instanceof Failure) return honest;
      const text = "SELECT 0 AS rows WHERE pg_catalog.pg_cancel_backend(0) IS NULL";
      const planted = { what: "planted by the sabotage", text, parameters: [] };
      return { ...honest, leaks: [{ ...planted, writtenBy: "operator" as const }] };
    };
    return { context: { ...context, target }, undo: async () => null };
  },
};

/** Triggers and foreign keys do not fire as a replica, so a proof in such a session would show too little. */
export const replicaSession: Sabotage = replacesSession(
  "the session acts as a replica, so triggers do not fire",
  (session) => changingAnswers(session, /AS may_create_temporary/, { session_replication_role: "replica" }),
  { targets: ["generic"] },
);
