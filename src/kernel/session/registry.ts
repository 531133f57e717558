/**
 * registry: every session of this process, so that none is left behind when it ends.
 *
 * After closeAllSessions no session is opened any more but by what was registered to clean up, and a login that is
 * under way is broken off. Handles no signal itself; signal handlers call closeAllSessions. Filled by
 * guarded-session.ts, asked by open.ts.
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

/** What has to be done before the process ends, e.g. the removal of a database that it made. */
export type LastWork = {
  /** Answers what it means for the data, or nothing. Runs while the sessions are being closed; may open its own. */
  readonly work: () => Promise<string>;
  /** What is true of the data where it does not come to its end in time. */
  readonly unfinished: string;
};

const lastWorks = new Set<LastWork>();
const lastWords = new Map<LastWork, string>();

/** The answer takes it back. */
export function beforeEnd(work: LastWork): () => void {
  lastWorks.add(work);
  return () => lastWorks.delete(work);
}

/** The same where nothing is left to do, but something is true of the data. */
export function sayAtEnd(words: string): () => void {
  return beforeEnd({ work: async () => words, unfinished: words });
}

/** What became of each thing that was registered when the end began; empty where nothing was. */
export function endingWords(): readonly string[] {
  return [...lastWords.values()].filter((words) => words !== "");
}

/**
 * Cancels what runs and closes everything, each within limits.closeTimeoutMs, and does what was registered for the end.
 * Never fails, may be repeated.
 */
export async function closeAllSessions(): Promise<void> {
  const works = ending.signal.aborted ? [] : [...lastWorks];
  for (const last of works) lastWords.set(last, last.unfinished);
  if (!ending.signal.aborted) {
    ending.abort(new Failure("SESSION_LOST", "the process is ending; no session is opened any more"));
  }
  const closing = openSessions().map((session) => session.close());
  await Promise.all([...closing, ...works.map(async (last) => lastWords.set(last, await last.work()))]);
}
