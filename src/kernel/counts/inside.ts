/**
 * inside: counts seen from within a transaction that has written, by the session that wrote.
 *
 * The counterpart of count.ts for the look from inside: no transaction of its own, no snapshot to choose. A relation
 * that cannot be read, or is too large to count while locks are held, says so.
 */
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import type { Cell, Reply } from "../session/session.ts";
import { countTogether } from "./count.ts";
import { plannedCounts, readsRows } from "./plan.ts";
import type { CountRequest, RelationCount } from "./request.ts";

type Statements = { query(text: string, parameters?: readonly Cell[]): Promise<Reply | Failure> };

export async function countInside(
  transaction: Statements,
  requests: readonly CountRequest[],
): Promise<readonly RelationCount[] | Failure> {
  const options = { mode: "auto", digest: "none", budgetMs: limits.exactCountBudgetMs } as const;
  const plan = await plannedCounts(transaction, requests, options);
  if (plan instanceof Failure) return plan;
  const counted = await countTogether(transaction, plan.filter(readsRows), options);
  if (counted instanceof Failure) return counted;
  return plan.map((step) => counted.get(step) ?? step.otherwise);
}
