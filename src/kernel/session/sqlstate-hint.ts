/**
 * sqlstate-hint: what to do about a refusal by the server, where its SQLSTATE alone tells more than our code does.
 *
 * A hint of the server's own stays in the facts; this one is ours. Called where a server's error becomes a Failure.
 * Source: PostgreSQL manual, appendix A.
 */
const HINTS: Readonly<Record<string, string>> = {
  "42501": "Grant the right that the server names, or use the role that has it.",
  "55P03": "Another session holds the lock (pg_locks shows which): try when it is done, or raise --lock-timeout.",
  "57014":
    "It took longer than --statement-timeout, or somebody cancelled it: raise the limit if it is meant to take that.",
  "40P01": "It and another session waited for each other: run it again when the other is done.",
  "40001": "Another session changed the same rows meanwhile: run it again.",
  "53100": "The server's disk is full: make room there first.",
};

/** To be spread into the details of a Failure. */
export function hintFor(sqlstate: unknown): { readonly hint?: string } {
  const hint = HINTS[String(sqlstate)];
  return hint === undefined ? {} : { hint };
}
