/**
 * verify-written: the body of write_verify: another role reads every row again and compares it with the plan.
 *
 * Works in whatever transaction it is given, and never begins or ends one; one snapshot is best. The digest of a body
 * is taken of the body itself, not of what stands beside it. A difference is a recorded result and no failure: then
 * nothing is signed. Called by the production adapter and by the rehearsal.
 */
import insertVerifyResult from "../../sql/execution/insert-verify-result.sql" with { type: "text" };
import readWritten from "../../sql/execution/read-written.sql" with { type: "text" };
import type { PlannedRow } from "../flow/cutplan.ts";
import { type Facts, Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import type { Row } from "../kernel/session/session.ts";
import { type ChangeSet, eachPart } from "./change-set.ts";
import type { StatementRunner } from "./leg-a.ts";
import type { LiveWork } from "./live-work.ts";
import { ownChangeSet, signChangeSet } from "./record.ts";
import { compareBlocks } from "./recorded-manifest.ts";

/** `result` is `match` or `mismatch`; at most limits.verifyFindings differences are named, the others counted. */
export async function verifyWritten(
  transaction: StatementRunner,
  work: LiveWork,
  attempt: number,
): Promise<Facts | Failure> {
  const changeSet = await ownChangeSet(transaction, work, "recorded");
  if (changeSet instanceof Failure) return changeSet;
  const findings = await findDifferences(transaction, work, changeSet);
  if (findings instanceof Failure) return findings;
  const blocks = await compareBlocks(transaction, work.manifest);
  if (blocks instanceof Failure && blocks.code !== "PHASE_REFUSED") return blocks;
  if (blocks !== null) findings.push(`manifest: ${blocks.message}`);
  const result = findings.length === 0 ? "match" : "mismatch";
  const signed =
    result === "match" ? await signChangeSet(transaction, { changeSet, signer: work.signers.verify }) : null;
  if (signed instanceof Failure) return signed;
  const checked = changeSet.rowCount;
  const named = findings.slice(0, limits.verifyFindings);
  if (findings.length > named.length) named.push(`and ${findings.length - named.length} more`);
  const reply = await transaction.query(insertVerifyResult, [
    ...[changeSet.id, `${attempt}`, result, `${checked}`, JSON.stringify(named)],
  ]);
  if (reply instanceof Failure) return reply;
  const signature =
    signed === null ? null : { leg: signed.leg, key_fingerprint: signed.keyFingerprint, signature: signed.signature };
  const digest = signed?.payloadSha256 ?? null;
  return { result, checked, findings: named, change_set_id: changeSet.id, change_set_sha256: digest, signature };
}

async function findDifferences(
  transaction: StatementRunner,
  { cutplan, observe }: LiveWork,
  changeSet: ChangeSet,
): Promise<string[] | Failure> {
  const findings: string[] = [];
  const read = await eachPart(changeSet, {
    part: (after) => transaction.query(readWritten, [changeSet.id, `${after}`, `${limits.ledgerRowsPerFetch}`]),
    row: (row) => {
      const planned = cutplan.rows[Number(row.ordinal) - 1];
      if (planned === undefined) findings.push(`row ${row.ordinal}: ${row.canonical_address} is not planned`);
      else findings.push(...differencesOf(planned, row));
    },
    read: (done) => observe?.({ unit: "units", did: "compared", done, total: changeSet.rowCount }),
  });
  return read instanceof Failure ? read : findings;
}

/** What of a written row is not as planned, one sentence each; values of a body are never shown. */
export function differencesOf(planned: PlannedRow, row: Row): string[] {
  const pairs: readonly (readonly [what: string, expected: string | null, seen: string | null | undefined])[] = [
    ["recorded address", planned.canonicalAddress, row.canonical_address],
    ["recorded digest", planned.contentSha256, row.content_sha256],
    ["action", planned.action, row.action],
    ["address", planned.canonicalAddress, row.unit_address],
    ["lifecycle status", "draft", row.lifecycle_status],
    ["digest of the body", planned.contentSha256, row.body_sha256],
    ["digest beside the body", planned.contentSha256, row.recorded_sha256],
    ["title", planned.title, row.title],
    ["later versions", "0", row.later_versions],
    ...ofCreated(planned, row),
  ];
  return pairs
    .filter(([, expected, seen]) => expected !== (seen ?? null))
    .map(([what, expected, seen]) => `${planned.canonicalAddress}: ${what}: expected ${expected}, seen ${seen}`);
}

/** A revision keeps these as its unit has them. */
function ofCreated(planned: PlannedRow, row: Row): [string, string | null, string | null | undefined][] {
  if (planned.action === "revise") return [["unit", planned.informationUnitId, row.information_unit_id]];
  return [
    ["unit kind", planned.unitKind, row.unit_kind],
    ["section type", planned.sectionType, row.section_type],
    ["publication type", planned.publicationType, row.publication_type],
    ["owner", planned.ownerRef, row.owner_ref],
  ];
}
