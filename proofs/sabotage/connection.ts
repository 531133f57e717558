/**
 * connection: breaks what PROOF-3 watches: the wrong role, a pooler in between, a driver that only pretends, a server
 * that says of itself what it must not.
 *
 * Nothing in the database is changed: the session that the proof is given is another one.
 */
import { Failure } from "../../src/kernel/failure.ts";
import type { Reply } from "../../src/kernel/session/session.ts";
import type { Sabotage } from "../proof.ts";
import { changingAnswers, overriding, replacesSession } from "./session.ts";

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

/** Columns of sql/guard/identity.sql and of no other statement. */
const IDENTITY = /AS session_replication_role,\s+pg_catalog\.bool_or/;

export const standby: Sabotage = replacesSession("the server is a standby", (session) =>
  changingAnswers(session, IDENTITY, { in_recovery: "t" }),
);

/** On the embedded engine the rule is waived, by name. */
export const superuser: Sabotage = replacesSession(
  "the session is a superuser's",
  (session) => changingAnswers(session, IDENTITY, { superuser: "t" }),
  { sessions: "two" },
);

export const countsOff: Sabotage = replacesSession("track_counts is off", (session) =>
  changingAnswers(session, IDENTITY, { track_counts: "off" }),
);

export const triggersOff: Sabotage = replacesSession("triggers and foreign keys are off in the session", (session) =>
  changingAnswers(session, IDENTITY, { session_replication_role: "replica" }),
);
