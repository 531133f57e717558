/**
 * seed: numbers drawn at random that come again with CUTTER_SEED=N, for tests that cannot try everything.
 *
 * Whoever draws says the seed with a failure. Used by the fault tests; never by the program.
 */
export const SEED = Number(process.env.CUTTER_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** So many different numbers from 1 to `most`, in order. */
export function sample(count: number, most: number, random: () => number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < Math.min(count, most)) drawn.add(1 + Math.floor(random() * most));
  return [...drawn].sort((one, other) => one - other);
}

/** mulberry32: small, and the same everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
