/**
 * contract: breaks what PROOF-4 watches: a guard that accepts a bare row, a function with another signature.
 *
 * What is changed in the catalog is changed as its owner, and put back.
 */
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

/** Triggers and foreign keys do not fire as a replica, so a proof in such a session would show too little. */
export const replicaSession: Sabotage = replacesSession(
  "the session acts as a replica, so triggers do not fire",
  (session) => changingAnswers(session, /AS may_create_temporary/, { session_replication_role: "replica" }),
  { targets: ["generic"] },
);
