/**
 * connection: breaks what PROOF-3 watches: the wrong role, a pooler in between, a driver that only pretends.
 *
 * Nothing in the database is changed: the session that the proof is given is another one.
 */
import { Failure } from "../../src/kernel/failure.ts";
import type { Reply, Session } from "../../src/kernel/session/session.ts";
import type { Sabotage } from "../proof.ts";
import { overriding } from "./session.ts";

function replacesSession(name: string, harm: (session: Session) => Session | Promise<Session | Failure>): Sabotage {
  return {
    name,
    async apply(context) {
      const proof = async () => {
        const session = await context.connections.proof();
        return session instanceof Failure ? session : harm(session);
      };
      return { context: { ...context, connections: { ...context.connections, proof } }, undo: async () => null };
    },
  };
}

export const wrongRole: Sabotage = {
  name: "the session has another role",
  async apply(context) {
    const options = { ...context.options, expectedRole: "somebody_else" };
    return { context: { ...context, options }, undo: async () => null };
  },
};

export const pooler: Sabotage = replacesSession("a pooler hands out another backend", (session) =>
  overriding(session, { login: { ...session.login, backendPid: session.login.backendPid + 1 } }),
);

/** Answers every question with the last real answer to it, as a recorded driver would. */
export const fakeDriver: Sabotage = replacesSession("the driver only pretends", async (session) => {
  const recorded = new Map<string, Reply>();
  return overriding(session, {
    async query(text, parameters, options) {
      const known = recorded.get(text);
      if (known !== undefined) return known;
      const reply = await session.query(
        text,
        (parameters ?? []).map((value) => (value === null ? null : "0")),
        options,
      );
      if (!(reply instanceof Failure)) recorded.set(text, reply);
      return reply;
    },
  });
});
