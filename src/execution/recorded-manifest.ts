/**
 * recorded-manifest: whether the ledger has a manifest as this process made it from the source, unit by unit.
 *
 * Reads in parts. Called by leg B, where an earlier run recorded it, and by write_verify.
 */
import readBlocks from "../../sql/execution/read-blocks.sql" with { type: "text" };
import type { Manifest } from "../flow/manifest.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import type { Row } from "../kernel/session/session.ts";
import type { StatementRunner } from "./leg-a.ts";

/** PHASE_REFUSED with the first unit that differs. */
export async function compareBlocks(
  transaction: StatementRunner,
  { manifestSha256, units }: Manifest,
): Promise<null | Failure> {
  for (let after = 0; after <= units.length; after += limits.ledgerRowsPerFetch) {
    const reply = await transaction.query(readBlocks, [manifestSha256, `${after}`, `${limits.ledgerRowsPerFetch}`]);
    if (reply instanceof Failure) return reply;
    const expected = units.slice(after, after + limits.ledgerRowsPerFetch).map(lineOf);
    const seen = reply.rows.map(lineOfRow);
    const length = Math.max(expected.length, seen.length);
    const wrong = Array.from({ length }, (_, index) => index).find((index) => expected[index] !== seen[index]);
    if (wrong !== undefined) {
      return new Failure("PHASE_REFUSED", `the ledger has unit ${after + wrong + 1} of the manifest otherwise`, {
        facts: { expected: expected[wrong] ?? "nothing", seen: seen[wrong] ?? "nothing" },
      });
    }
  }
  return null;
}

function lineOf({ ordinal, address, byteStart, byteEnd, contentSha256 }: Manifest["units"][number]): string {
  return [ordinal, address, byteStart, byteEnd, contentSha256].join(" ");
}

function lineOfRow(row: Row): string {
  return [row.ordinal, row.canonical_address, row.byte_start, row.byte_end, row.content_sha256].join(" ");
}
