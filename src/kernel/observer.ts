/**
 * observer: how whoever works tells how far it is, and what keeps whoever listens from doing any harm by it.
 *
 * Told from inside transactions that write, so it is given numbers, words of ours and names of relations, never a
 * value of a database; and nobody waits for what comes of it, or fails by it. Called by the bodies of phases, by backup
 * and counts; listened to by the progress of the verbs.
 */

/** How far one step is: `{ unit: "units", did: "written", done: 400, total: 1_000 }`. */
export type Advance = {
  readonly unit: "units" | "rows" | "relations" | "bytes";
  /** What was done to them, in a word or two. Another word, or another total, is another step. */
  readonly did: string;
  readonly done: number;
  /** null where nobody knows it beforehand. */
  readonly total: number | null;
  /** What went through meanwhile, where the unit is another. */
  readonly bytes?: number;
};

export type Observer = (advance: Advance) => void;

/** The same observer for those who work: it answers nothing, and can neither fail nor be waited for. */
export function unfailing<T extends readonly unknown[]>(
  observer: ((...told: T) => unknown) | undefined,
): (...told: T) => void {
  return (...told) => {
    try {
      const answer = observer?.(...told);
      if (answer instanceof Promise) answer.catch(() => undefined);
    } catch {
      // Progress that cannot be shown is no reason to stop what it is the progress of.
    }
  };
}
