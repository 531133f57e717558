/**
 * selfcheck-targets: one of each kind of target, to be driven on the embedded database: what a sabotage is done to.
 *
 * Each writes one word to the vocabulary or makes a probe of its own. Scripts run as the owner, as they do for
 * `proof rollback --embedded`. Called by `cutter proof selfcheck`.
 */
import { Failure } from "../src/kernel/failure.ts";
import { limits } from "../src/kernel/limits.ts";
import { parseScript } from "../src/kernel/rollback-only/script.ts";
import type { ProofTarget, TargetKind } from "./context.ts";
import { genericTarget } from "./targets/generic.ts";
import { iuTarget } from "./targets/iu.ts";
import { declaredTarget } from "./targets/spec.ts";
import { scriptTarget } from "./targets/sql.ts";

const FLAGS = { watch: [], "max-relations": limits.watchedRelations, "allow-escape": [] };
const NAME = "selfcheck";
const STATEMENT = "INSERT INTO public.system_vocab VALUES ('vocab.unit_kind.selfcheck', 'selfcheck')";

/** By the role that drives them, in the order in which they are checked. */
export const SELFCHECK_ROLES: readonly (readonly [embeddedRole: string, kinds: readonly TargetKind[]])[] = [
  ["cutter_exec", ["iu"]],
  ["workflow_admin", ["sql", "spec", "generic"]],
];

export const SELFCHECK_TARGETS: { readonly [kind in TargetKind]: () => Promise<ProofTarget | Failure> } = {
  iu: async () => iuTarget(NAME),
  sql: async () => {
    const script = await parseScript(STATEMENT);
    return script instanceof Failure ? script : scriptTarget(script, { ...FLAGS, sql: NAME, explain: false });
  },
  spec: () => {
    const declare = [{ relation: "public.system_vocab", inserted: 1, updated: 0, deleted: 0 }];
    return declaredTarget({ statements: [STATEMENT], watch: [], declare, catalog: [] }, { ...FLAGS, spec: NAME });
  },
  generic: async () => genericTarget(NAME, { ...FLAGS, "probe-schema": undefined }),
};
