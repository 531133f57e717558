/**
 * phase-watch: while a phase runs, what says off is asked again and again; where it does, the phase is broken off.
 *
 * Only before COMMIT is sent, so that what is broken off is rolled back as a whole. The statement under way is
 * cancelled, and where that does not end it the session is dropped: the server then notices that its client is gone.
 * Called by phase-transaction.ts (reliability.md, promise 12: within 2 s).
 */
import type { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Session } from "../../kernel/session/session.ts";

export type PhaseWatch = {
  /** What said off first; null while nothing has. */
  readonly refused: () => Failure | null;
  readonly stop: () => void;
};

export function watchPhase(session: Pick<Session, "cancel" | "destroy">, refusal: () => Failure | null): PhaseWatch {
  let refused: Failure | null = null;
  let ending: ReturnType<typeof setTimeout> | undefined;
  const asking = setInterval(() => {
    refused = refusal();
    if (refused === null) return;
    clearInterval(asking);
    ending = setTimeout(() => session.destroy(), limits.brokenOffGraceMs);
    void session.cancel();
  }, limits.killSwitchWatchMs);
  return {
    refused: () => refused,
    stop: () => {
      clearInterval(asking);
      clearTimeout(ending);
    },
  };
}
