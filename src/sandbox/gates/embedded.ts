/**
 * gates/embedded: what a provider without client programs can say in the place of G-05 and G-08, and which gates it
 * cannot say at all.
 *
 * A gate that cannot be measured is NOT RUN with the reason, never judged on less. Pure. Called by the steps of the
 * embedded engine, by the sandbox, and by the plan.
 */
import { expectEqual } from "../../report/judgement.ts";
import type { Difference } from "../../schema/compare.ts";
import type { Capability } from "../providers/provider.ts";
import { differenceOf, type Gate, mustHold, sameSet, unexpected } from "./gate.ts";
import { type Contents, contentLine } from "./server.ts";

export type SessionReading = {
  /** transaction_read_only, as the server said. */
  readonly transactionReadOnly: string;
  /** Ids that were given to our session; a reading session is given none. */
  readonly transactionIds: readonly string[];
};

export const G05_SESSION: Gate<SessionReading> = {
  id: "G-05",
  claim: "the data was read in read-only sessions",
  judge: ({ transactionReadOnly, transactionIds }) => ({
    summary: `transaction_read_only=${transactionReadOnly}, no transaction id; nothing was dumped`,
    facts: { transaction_read_only: transactionReadOnly, transaction_ids: transactionIds },
    mismatches: [
      ...expectEqual("transaction_read_only of our session", "on", transactionReadOnly),
      ...unexpected("transaction id given to our session", transactionIds),
    ],
  }),
};

export type Loaded = {
  readonly standIn: readonly Contents[];
  readonly loaded: readonly Contents[];
  /** What of the installed schema is otherwise than in the contract. */
  readonly differences: readonly Difference[];
};

export const G08_LOADED: Gate<Loaded> = {
  id: "G-08",
  claim: "each relation holds the rows of the stand-in's, loaded from the same SQL: there is no dump to restore",
  judge({ standIn, loaded, differences }) {
    const rows = loaded.reduce((sum, one) => sum + one.rows, 0);
    return {
      summary: `${loaded.length} relations, ${rows} rows, each with the digest of the stand-in's`,
      facts: { relations: loaded.length, rows, how: "the SQL of this program, by its own schema install" },
      mismatches: [
        ...mustHold("relations of the stand-in", standIn.length),
        ...sameSet("rows and digest", standIn.map(contentLine), loaded.map(contentLine)),
        ...differences.map(differenceOf),
      ],
    };
  },
};

type Unmeasured = { readonly id: string; readonly needs: Capability; readonly because: string };

const UNMEASURED: readonly Unmeasured[] = [
  { id: "G-17", needs: "server log", because: "who came to production is read there, and no run was to come" },
  { id: "G-20", needs: "second session", because: "it alone could see a transaction that another one left open" },
  { id: "G-21", needs: "role logins", because: "the limits are those of logins" },
  { id: "G-22", needs: "second session", because: "no run goes through its phases without it" },
];

/** Each gate that a provider which lacks these cannot measure, with why. */
export function unmeasuredGates(lacks: readonly Capability[]): ReadonlyMap<string, string> {
  const wanting = UNMEASURED.filter(({ needs }) => lacks.includes(needs));
  return new Map(wanting.map(({ id, needs, because }) => [id, notCarried([needs], because)]));
}

/** The one sentence of a scenario or a gate that a provider cannot carry. */
export function notCarried(lacks: readonly Capability[], because: string | null = null): string {
  const why = because === null ? "" : `: ${because}`;
  return `not run: the provider has no ${lacks.join(", no ")}${why}; --provider local or docker runs it`;
}
