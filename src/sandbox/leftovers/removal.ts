/**
 * leftovers/removal: what an end or a sweep removed and what it could not, resource by resource.
 *
 * Pure but for the record, which forgets only what is gone. Called by the providers and sweep.ts.
 */
import { Failure } from "../../kernel/failure.ts";
import { thrownWords } from "../thrown.ts";
import type { LeftoverRecord } from "./record.ts";
import { describeResource, type Resource } from "./resource.ts";

export type StopReport = {
  readonly removed: readonly Resource[];
  readonly left: readonly Left[];
  /** What was on record and had gone by itself before: it was not removed. */
  readonly gone?: readonly Resource[];
  /** What else went wrong, though it left nothing: the record or a cache could not be written. Null where nothing. */
  readonly trouble: Failure | null;
};

export type Left = { readonly resource: Resource; readonly reason: string };

/** Removes one thing: null once nothing of it is there, else why it could not be; "gone" where it was not there. */
export type Removal = { readonly resource: Resource; readonly remove: () => Promise<string | null | typeof GONE> };

export const GONE = Symbol("it was not there any more");

/** What the record still names, in this order, each tried whatever became of the one before. */
export async function removeAll(removals: readonly Removal[], record: LeftoverRecord): Promise<StopReport> {
  const removed: Resource[] = [];
  const left: Left[] = [];
  const gone: Resource[] = [];
  let trouble: Failure | null = null;
  for (const { resource, remove } of removals) {
    if (!record.names(resource)) continue;
    const reason = await remove().catch((error: unknown) => `its removal broke off: ${thrownWords(error)}`);
    if (reason === GONE) gone.push(resource);
    else if (reason === null) removed.push(resource);
    else left.push({ resource, reason });
    if (reason === null || reason === GONE) trouble = record.drop(resource) ?? trouble;
  }
  return { removed, left, ...(gone.length === 0 ? {} : { gone }), trouble };
}

/** The failure of a start, which also tells what could not be taken back. */
export function withLeft(failure: Failure, { left }: StopReport): Failure {
  if (left.length === 0) return failure;
  const { code, message, hint, data, facts, cause } = failure;
  const sentences = left.map(({ resource, reason }) => `${describeResource(resource)}: ${reason}`);
  return new Failure(code, message, { hint, data, facts: { ...facts, left: sentences }, cause });
}
