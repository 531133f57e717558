/**
 * session: a session with some of its methods replaced; the rest goes to the real one.
 *
 * For sabotages, and for a bench that writes down what is asked. Never used by a proof.
 */
import { Failure } from "../../src/kernel/failure.ts";
import type { Cell, Session } from "../../src/kernel/session/session.ts";
import type { Sabotage } from "../proof.ts";

export type Harm = (session: Session) => Session | Promise<Session | Failure>;

/** A sabotage that gives the proof another session. Nothing outside is changed. */
export function replacesSession(name: string, harm: Harm, only: Pick<Sabotage, "targets" | "sessions"> = {}): Sabotage {
  return {
    name,
    ...only,
    async apply(context) {
      const proof = async () => {
        const session = await context.connections.proof();
        return session instanceof Failure ? session : harm(session);
      };
      return { context: { ...context, connections: { ...context.connections, proof } }, undo: async () => null };
    },
  };
}

/** Sends another statement in the place of those that a pattern matches. */
export function replacingStatement(session: Session, pattern: RegExp, statement: string): Session {
  return overriding(session, {
    query: (text, parameters, options) =>
      pattern.test(text) ? session.query(statement) : session.query(text, parameters, options),
  });
}

/** Changes cells in the answers to the statements that a pattern matches. */
export function changingAnswers(
  session: Session,
  pattern: RegExp,
  cells: { readonly [column: string]: Cell },
): Session {
  return overriding(session, {
    async query(text, parameters, options) {
      const reply = await session.query(text, parameters, options);
      if (reply instanceof Failure || !pattern.test(text)) return reply;
      return { ...reply, rows: reply.rows.map((row) => ({ ...row, ...cells })) };
    },
  });
}

export function overriding(session: Session, replaced: Partial<Session>): Session {
  return {
    label: session.label,
    login: session.login,
    query: (text, parameters, options) => session.query(text, parameters, options),
    status: () => session.status(),
    lost: () => session.lost(),
    cancel: () => session.cancel(),
    close: () => session.close(),
    destroy: () => session.destroy(),
    ...replaced,
  };
}
