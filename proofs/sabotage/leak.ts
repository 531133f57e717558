/**
 * leak: breaks PROOF-6: a row committed by another path during the proof, and a ROLLBACK that is a COMMIT in disguise.
 *
 * Both really leave rows in the database, which is why they need one that nobody minds, and both take them out again.
 */
import { Failure } from "../../src/kernel/failure.ts";
import type { Session } from "../../src/kernel/session/session.ts";
import type { Sabotage } from "../proof.ts";
import { PROBE_PREFIX } from "../targets/iu.ts";
import { asOwner } from "./owner.ts";
import { overriding } from "./session.ts";

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
