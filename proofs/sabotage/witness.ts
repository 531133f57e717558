/**
 * witness: breaks the second pair of eyes: it is the proof's own session, looks elsewhere, does not meet the proof, or
 * is gone when it should look.
 *
 * Nothing outside is changed: the witness that the proofs are given has another session.
 */
import { Failure } from "../../src/kernel/failure.ts";
import type { Session } from "../../src/kernel/session/session.ts";
import { Witness } from "../../src/kernel/witness.ts";
import type { ProofContext } from "../context.ts";
import type { Sabotage } from "../proof.ts";
import { changingAnswers, overriding, replacingStatement } from "./session.ts";

type Only = Pick<Sabotage, "targets" | "sessions">;

/** `harm` gets the witness's session, and the context for the other one. */
export function replacesWitness(
  name: string,
  harm: (session: Session, context: ProofContext) => Session | Promise<Session | Failure>,
  only: Only = {},
): Sabotage {
  return {
    name,
    ...only,
    async apply(context) {
      const witness = async () => {
        const honest = await context.connections.witness();
        if (honest instanceof Failure) return honest;
        const session = await harm(honest.session, context);
        return session instanceof Failure ? session : new Witness(session, honest.options);
      };
      return { context: { ...context, connections: { ...context.connections, witness } }, undo: async () => null };
    },
  };
}

export const witnessIsProof: Sabotage = replacesWitness(
  "the witness is the proof's own session",
  (_, context) => context.connections.proof(),
  { sessions: "two" },
);

export const witnessElsewhere: Sabotage = replacesWitness(
  "the witness looks at another database",
  (session) => changingAnswers(session, /l\.objsubid = 1/, { pid: "0" }),
  { sessions: "two" },
);

/** The lock of the rendezvous is never taken, so the block does not wait to be seen. */
export const rendezvousMissed: Sabotage = replacesWitness(
  "the witness does not wait for the proof",
  (session) => replacingStatement(session, /^SELECT pg_catalog\.pg_advisory_lock\(/, "SELECT 1"),
  { targets: ["sql", "spec"], sessions: "two" },
);

export const witnessGone: Sabotage = replacesWitness("the witness is gone at its last look", (session) =>
  overriding(session, {
    async query(text, parameters, options) {
      if (!/pg_xact_status/.test(text)) return session.query(text, parameters, options);
      return new Failure("SESSION_LOST", "the connection of the witness is gone");
    },
  }),
);
