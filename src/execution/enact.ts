/**
 * enact: the body of lifecycle_enact: consumes SG2 and enacts every unit of the change set, after which none changes.
 *
 * Works in whatever transaction it is given, and never begins or ends one. Enacts only what was verified and what both
 * legs signed; and when all are enacted and so locked, looks once more that each is the version and body that was
 * verified, since nobody can mend it later. Called by the production adapter and by the rehearsal.
 */
import countEnacted from "../../sql/execution/count-enacted.sql" with { type: "text" };
import enactRows from "../../sql/execution/enact-rows.sql" with { type: "text" };
import readSignatures from "../../sql/execution/read-signatures.sql" with { type: "text" };
import readVerifyResult from "../../sql/execution/read-verify-result.sql" with { type: "text" };
import readWritten from "../../sql/execution/read-written.sql" with { type: "text" };
import { crashPoint } from "../kernel/crash-point.ts";
import { type Facts, Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { type ChangeSet, digestChangeSet, eachPart } from "./change-set.ts";
import type { DotSigner } from "./dot-signer.ts";
import { consumeGrant, recordApproved } from "./grants.ts";
import { refuseUnguarded } from "./immutability.ts";
import type { StatementRunner } from "./leg-a.ts";
import type { LiveWork } from "./live-work.ts";
import { ownChangeSet, setStatus } from "./record.ts";
import { differencesOf } from "./verify-written.ts";

export async function enactUnits(transaction: StatementRunner, work: LiveWork): Promise<Facts | Failure> {
  const changeSet = await ownChangeSet(transaction, work, "recorded");
  if (changeSet instanceof Failure) return changeSet;
  const unverified = await refuseUnverified(transaction, changeSet, work);
  if (unverified !== null) return unverified;
  const grant = await consumeGrant(transaction, work, "SG2");
  if (grant instanceof Failure) return grant;
  const recorded = await recordApproved(transaction, grant, { runId: work.runId, changeSetId: changeSet.id });
  if (recorded !== null) return recorded;
  const enacted = await enactAll(transaction, changeSet, work);
  if (enacted !== null) return enacted;
  const changed =
    (await refuseUnguarded(transaction)) ??
    (await refuseChanged(transaction, changeSet)) ??
    (await refuseOther(transaction, work, changeSet));
  if (changed !== null) return changed;
  const moved = await setStatus(transaction, changeSet, { from: "recorded", to: "enacted" });
  if (moved !== null) return moved;
  return { change_set_id: changeSet.id, enacted: changeSet.rowCount, approval_id: grant.approvalId };
}

/** A match, and two signatures over the change set as the ledger has it now, each by the key of its leg. */
async function refuseUnverified(
  transaction: StatementRunner,
  changeSet: ChangeSet,
  { signers }: LiveWork,
): Promise<null | Failure> {
  const verified = await transaction.query(readVerifyResult, [changeSet.id]);
  if (verified instanceof Failure) return verified;
  const [last] = verified.rows;
  if (last?.result !== "match" || Number(last.checked) !== changeSet.rowCount) {
    return new Failure("PHASE_REFUSED", `the last verification says ${last?.result ?? "nothing"}, not match`);
  }
  const digest = await digestChangeSet(transaction, changeSet);
  if (digest instanceof Failure) return digest;
  const signatures = await transaction.query(readSignatures, [changeSet.id]);
  if (signatures instanceof Failure) return signatures;
  for (const signer of [signers.exec, signers.verify]) {
    const wrong = refuseSignature(signatures.rows, { signer, digest });
    if (wrong !== null) return wrong;
  }
  return null;
}

type Rows = readonly { readonly [column: string]: string | null }[];

function refuseSignature(rows: Rows, made: { readonly signer: DotSigner | null; readonly digest: string }) {
  const { signer, digest } = made;
  if (signer === null) return new Failure("PHASE_REFUSED", "there is no key to check a signature of the DOT pair with");
  const row = rows.find(({ leg }) => leg === signer.leg);
  if (row === undefined) return new Failure("PHASE_REFUSED", `the leg ${signer.leg} has not signed the change set`);
  const signature = {
    leg: signer.leg,
    payloadSha256: row.payload_sha256 ?? "",
    keyFingerprint: row.key_fingerprint ?? "",
    signature: row.signature ?? "",
  };
  if (signature.payloadSha256 === digest && signer.verifies(signature)) return null;
  return new Failure(
    "PHASE_REFUSED",
    `the signature of the leg ${signer.leg} is not one of this change set by its key`,
  );
}

async function enactAll(
  transaction: StatementRunner,
  changeSet: ChangeSet,
  { actor, observe }: LiveWork,
): Promise<null | Failure> {
  const { id, rowCount } = changeSet;
  for (let from = 0; from < rowCount; from += limits.rowsPerBatch) {
    const to = Math.min(from + limits.rowsPerBatch, rowCount);
    const reply = await transaction.query(enactRows, [id, `${from}`, `${to}`, actor]);
    if (reply instanceof Failure) return reply;
    const [counted, ...refused] = reply.rows;
    if (refused.length > 0 || Number(counted?.detail) !== to - from) {
      const problems = refused.map(({ ordinal, status, detail }) => `row ${ordinal}: ${status} ${detail ?? ""}`);
      const shown = problems.slice(0, limits.namedInRemark).join("; ");
      return new Failure("UNIT_REJECTED", `fn_iu_enact refused rows ${from + 1} to ${to}: ${shown}`, {
        facts: { problems },
      });
    }
    observe?.({ unit: "units", did: "enacted", done: to, total: rowCount });
    crashPoint("phase-batch-enacted");
  }
  return null;
}

/** Every field that write_verify compared, once more: the units are enacted and so locked, and nobody can mend them. */
async function refuseOther(
  transaction: StatementRunner,
  { cutplan, observe }: LiveWork,
  changeSet: ChangeSet,
): Promise<null | Failure> {
  const findings: string[] = [];
  const read = await eachPart(changeSet, {
    part: (after) => transaction.query(readWritten, [changeSet.id, `${after}`, `${limits.ledgerRowsPerFetch}`]),
    row: (row) => {
      const planned = cutplan.rows[Number(row.ordinal) - 1];
      const status = row.lifecycle_status === "enacted" ? "draft" : "not enacted";
      if (planned === undefined) findings.push(`row ${row.ordinal} is not planned`);
      else findings.push(...differencesOf(planned, { ...row, lifecycle_status: status }));
    },
    read: (done) => observe?.({ unit: "units", did: "compared", done, total: changeSet.rowCount }),
  });
  if (read !== null || findings.length === 0) return read;
  const shown = findings.slice(0, limits.namedInRemark).join("; ");
  return new Failure("PHASE_REFUSED", `what was verified has changed since: ${shown}`, {
    facts: { findings: findings.slice(0, limits.verifyFindings) },
  });
}

async function refuseChanged(transaction: StatementRunner, changeSet: ChangeSet): Promise<null | Failure> {
  const reply = await transaction.query(countEnacted, [changeSet.id]);
  if (reply instanceof Failure) return reply;
  const [row] = reply.rows;
  if (Number(row?.as_written) === changeSet.rowCount && Number(row?.affected) === changeSet.rowCount) return null;
  const message = `of ${changeSet.rowCount} units ${row?.as_written} are enacted as they were verified`;
  return new Failure("PHASE_REFUSED", `${message}: the others were changed meanwhile`);
}
