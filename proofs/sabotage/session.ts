/**
 * session: a session with some of its methods replaced; the rest goes to the real one.
 *
 * For sabotages, and for a bench that writes down what is asked. Never used by a proof.
 */
import type { Session } from "../../src/kernel/session/session.ts";

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
