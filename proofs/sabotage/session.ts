/**
 * session: a session with some of its methods replaced, for sabotages; the rest goes to the real one.
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
