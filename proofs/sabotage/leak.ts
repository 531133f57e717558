/**
 * leak: breaks PROOF-6: a row committed by another path during the proof, a ROLLBACK that is a COMMIT in disguise, and
 * a witness that is told of a leak.
 *
 * The first two really leave rows in the database, which is why they need one that nobody minds, and take them out
 * again.
 */
import { Failure } from "../../src/kernel/failure.ts";
import type { Session } from "../../src/kernel/session/session.ts";
import type { Sabotage } from "../proof.ts";
import { PROBE_PREFIX } from "../targets/iu.ts";
import { asOwner } from "./owner.ts";
import { changingAnswers, overriding } from "./session.ts";
import { replacesWitness } from "./witness.ts";

const REMOVE = [
  `DELETE FROM public.unit_version AS v USING public.information_unit AS u
    WHERE v.information_unit_id = u.id AND u.canonical_address LIKE '${PROBE_PREFIX}%'`,
  `DELETE FROM public.information_unit WHERE canonical_address LIKE '${PROBE_PREFIX}%'`,
];

const INSERT = `INSERT INTO public.information_unit (canonical_address, unit_kind, identity_profile, created_by)
  SELECT '${PROBE_PREFIX}sabotage', u.unit_kind, u.identity_profile, 'cutter-sabotage'
  FROM public.information_unit AS u LIMIT 1`;

export const rowCommittedElsewhere: Sabotage = {
  name: "a row is committed by another path during the proof",
  targets: ["iu"],
  async apply(context) {
    const afterRollback = () => asOwner(context, [INSERT]);
    return { context: { ...context, afterRollback }, undo: () => asOwner(context, REMOVE) };
  },
};

export const probeRowLeft: Sabotage = {
  name: "the ROLLBACK is a COMMIT in disguise, so the probe row is left",
  targets: ["iu"],
  async apply(context) {
    const proof = async () => {
      const session = await context.connections.proof();
      return session instanceof Failure ? session : committing(session);
    };
    const connections = { ...context.connections, proof };
    return { context: { ...context, connections }, undo: () => asOwner(context, REMOVE) };
  },
};

export const leakQueryFinds: Sabotage = {
  name: "a leak query finds a row",
  async apply(context) {
    const target = async () => {
      const honest = await context.target();
      if (honest instanceof Failure) return honest;
      const planted = { what: "planted by the sabotage", text: "SELECT 1 AS rows", parameters: [] };
      return { ...honest, leaks: [{ ...planted, writtenBy: "operator" as const }] };
    };
    return { context: { ...context, target }, undo: async () => null };
  },
};

export const xidCommitted: Sabotage = replacesWitness("the server says that the transaction committed", (session) =>
  changingAnswers(session, /pg_xact_status/, { status: "committed" }),
);

/** A session that takes the poison away and commits when it is told to roll back. */
function committing(session: Session): Session {
  return overriding(session, {
    async query(text, parameters, options) {
      if (text !== "ROLLBACK") return session.query(text, parameters, options);
      await session.query("CLOSE ALL");
      const reply = await session.query("COMMIT");
      return reply instanceof Failure ? reply : { ...reply, tag: "ROLLBACK" };
    },
  });
}
