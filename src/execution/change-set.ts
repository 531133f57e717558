/**
 * change-set: the record that ties a run to every row it wrote, read back from the ledger, and the digest of it.
 *
 * The digest is what both legs sign: one line of canonical JSON for the head, then one for each affected row with both
 * of its ids, in order. It is made from what the ledger holds, part by part, never from what a process remembers.
 */
import readAffected from "../../sql/execution/read-affected.sql" with { type: "text" };
import readChangeSet from "../../sql/execution/read-change-set.sql" with { type: "text" };
import { canonicalJson, flatCanonicalJson, LineDigest } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import type { Row } from "../kernel/session/session.ts";
import type { StatementRunner } from "./leg-a.ts";

export type ChangeSet = {
  readonly id: string;
  readonly runId: string;
  readonly documentId: string;
  readonly cutplanSha256: string;
  readonly manifestSha256: string;
  readonly rowCount: number;
  readonly status: string;
};

/** PHASE_REFUSED where the run has none, or where its rows are not as many as it says. */
export async function changeSetOf(transaction: StatementRunner, runId: string): Promise<ChangeSet | Failure> {
  const reply = await transaction.query(readChangeSet, [runId]);
  if (reply instanceof Failure) return reply;
  const [row] = reply.rows;
  if (row === undefined) return new Failure("PHASE_REFUSED", `the ledger has no change set of run ${runId}`);
  const rowCount = Number(row.row_count);
  if (Number(row.affected) !== rowCount) {
    return new Failure("PHASE_REFUSED", `the change set says ${rowCount} rows, and ${row.affected} are recorded`);
  }
  return {
    id: row.id ?? "",
    runId,
    documentId: row.document_id ?? "",
    cutplanSha256: row.cutplan_sha256 ?? "",
    manifestSha256: row.manifest_sha256 ?? "",
    rowCount,
    status: row.status ?? "",
  };
}

/** Reads all affected rows in parts. */
export async function digestChangeSet(transaction: StatementRunner, changeSet: ChangeSet): Promise<string | Failure> {
  const digest = new ChangeSetDigest(changeSet);
  const read = await eachPart(changeSet, {
    part: (after) => transaction.query(readAffected, [changeSet.id, `${after}`, `${limits.ledgerRowsPerFetch}`]),
    row: (row) => digest.add(row),
  });
  return read instanceof Failure ? read : digest.end();
}

/** The canonical bytes of `cutter.change-set/v1`, digested line by line. */
class ChangeSetDigest {
  readonly #lines = new LineDigest();

  constructor({ id, runId, documentId, cutplanSha256, manifestSha256, rowCount }: ChangeSet) {
    const head = {
      schema: "cutter.change-set/v1",
      ...{ change_set_id: id, run_id: runId, document_id: documentId, row_count: rowCount },
      ...{ cutplan_sha256: cutplanSha256, manifest_sha256: manifestSha256 },
    };
    this.#lines.add(canonicalJson(head));
  }

  add(row: Row): void {
    this.#lines.add(flatCanonicalJson({ ...row, ordinal: Number(row.ordinal) }, KEYS));
  }

  end(): string {
    return this.#lines.end();
  }
}

const KEYS = ["action", "canonical_address", "content_sha256", "information_unit_id", "ordinal", "unit_version_id"];

type Parts = {
  readonly part: (after: number) => Promise<{ readonly rows: readonly Row[] } | Failure>;
  readonly row: (row: Row) => void;
  /** After each part: how many rows were read so far. */
  readonly read?: (done: number) => void;
};

/** Every row of a change set, in order. PHASE_REFUSED where an ordinal is missing. */
export async function eachPart({ rowCount }: ChangeSet, { part, row, read }: Parts): Promise<null | Failure> {
  let after = 0;
  while (after < rowCount) {
    const reply = await part(after);
    if (reply instanceof Failure) return reply;
    for (const one of reply.rows) {
      if (Number(one.ordinal) !== after + 1) {
        return new Failure("PHASE_REFUSED", `row ${after + 1} of the change set is missing`);
      }
      row(one);
      after += 1;
    }
    if (reply.rows.length === 0) return new Failure("PHASE_REFUSED", `row ${after + 1} of the change set is missing`);
    read?.(after);
  }
  return null;
}
