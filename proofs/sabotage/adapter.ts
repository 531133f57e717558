/**
 * adapter: breaks what PROOF-2 judges: a live writer that connects before it asks, or has an ungated method, and a
 * server that takes the COMMIT.
 *
 * The broken adapters are made of the real one; the connection that they ask for is counted by the proof, not opened.
 */
import type { Sabotage } from "../proof.ts";
import { type IuParts, iuTarget, realParts } from "../targets/iu.ts";
import { replacesSession, replacingStatement } from "./session.ts";

function breaks(name: string, adapter: IuParts["adapter"]): Sabotage {
  return {
    name,
    targets: ["iu"],
    async apply(context) {
      const target = async () => iuTarget("sabotage", { ...realParts, adapter });
      return { context: { ...context, target }, undo: async () => null };
    },
  };
}

export const connectsFirst: Sabotage = breaks("the writer connects before it asks", (connect, context) => {
  const honest = realParts.adapter(connect, context);
  return {
    ...honest,
    async cut_leg_a(order) {
      await connect();
      return honest.cut_leg_a(order);
    },
  };
});

export const ungatedMethod: Sabotage = breaks("one method has no gate", (connect, context) => ({
  ...realParts.adapter(connect, context),
  async write_verify() {
    return { method: "write_verify", outcome: "done", facts: {} };
  },
}));

export const commitTaken: Sabotage = replacesSession(
  "the server takes the COMMIT",
  (session) => replacingStatement(session, /^DECLARE cutter_poison/, "SELECT 1"),
  { targets: ["sql", "spec", "generic"] },
);
