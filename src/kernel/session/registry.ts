/**
 * registry: every session of this process, so that none is left behind when it ends.
 *
 * After closeAllSessions no session is opened any more, and a login that is under way is broken off. Handles no signal
 * itself; signal handlers call closeAllSessions. Filled by guarded-session.ts, asked by open.ts.
 */
import { Failure } from "../failure.ts";
import type { Session } from "./session.ts";

const sessions = new Set<Session>();
const ending = new AbortController();

/** Aborted, with a Failure as its reason, once the process is ending. */
export const processEnding: AbortSignal = ending.signal;

export function rememberSession(session: Session): void {
  sessions.add(session);
}

export function forgetSession(session: Session): void {
  sessions.delete(session);
}

/** Sessions whose connection is not closed yet. */
export function openSessions(): readonly Session[] {
  return [...sessions];
}

/** Cancels what runs and closes everything, each within limits.closeTimeoutMs. Never fails, may be repeated. */
export async function closeAllSessions(): Promise<void> {
  if (!ending.signal.aborted) {
    ending.abort(new Failure("SESSION_LOST", "the process is ending; no session is opened any more"));
  }
  await Promise.all(openSessions().map((session) => session.close()));
}
