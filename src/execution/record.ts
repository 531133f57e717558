/**
 * record: the body of leg B: the source, its manifest and the first signature, for the change set that leg A wrote.
 *
 * Works in whatever transaction it is given, and never begins or ends one. The source version and the manifest are the
 * same for every run of one source: where an earlier run recorded them, they are compared and not written again.
 * Called by the production adapter and by the rehearsal.
 */
import insertBlocks from "../../sql/execution/insert-blocks.sql" with { type: "text" };
import insertManifest from "../../sql/execution/insert-manifest.sql" with { type: "text" };
import insertSignature from "../../sql/execution/insert-signature.sql" with { type: "text" };
import insertSourceVersion from "../../sql/execution/insert-source-version.sql" with { type: "text" };
import moveChangeSet from "../../sql/execution/move-change-set.sql" with { type: "text" };
import readSourceVersion from "../../sql/execution/read-source-version.sql" with { type: "text" };
import { type Manifest, unitRecord } from "../flow/manifest.ts";
import { type Facts, Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { type ChangeSet, changeSetOf, digestChangeSet } from "./change-set.ts";
import type { DotSignature, DotSigner } from "./dot-signer.ts";
import { refuseForeignGrant } from "./grants.ts";
import type { StatementRunner } from "./leg-a.ts";
import type { LiveWork } from "./live-work.ts";
import { compareBlocks } from "./recorded-manifest.ts";

export async function recordLegB(transaction: StatementRunner, work: LiveWork): Promise<Facts | Failure> {
  const changeSet = await ownChangeSet(transaction, work, "draft");
  if (changeSet instanceof Failure) return changeSet;
  const foreign = await refuseForeignGrant(transaction, work, "SG1");
  if (foreign !== null) return foreign;
  const source = await recordSource(transaction, work);
  if (source !== null) return source;
  const blocks = await recordManifest(transaction, work);
  if (blocks instanceof Failure) return blocks;
  const signed = await signChangeSet(transaction, { changeSet, signer: work.signers.exec });
  if (signed instanceof Failure) return signed;
  const moved = await setStatus(transaction, changeSet, { from: "draft", to: "recorded" });
  if (moved !== null) return moved;
  return {
    change_set_id: changeSet.id,
    change_set_sha256: signed.payloadSha256,
    source_version_id: work.cutplan.sourceVersionId,
    blocks,
    signature: { leg: signed.leg, key_fingerprint: signed.keyFingerprint, signature: signed.signature },
  };
}

/** The change set of this run, if it is of this plan and stands where the phase needs it. PHASE_REFUSED. */
export async function ownChangeSet(
  transaction: StatementRunner,
  { runId, cutplan }: LiveWork,
  status: string,
): Promise<ChangeSet | Failure> {
  const changeSet = await changeSetOf(transaction, runId);
  if (changeSet instanceof Failure) return changeSet;
  const { cutplanSha256, manifestSha256, rows } = cutplan;
  const isOwn =
    changeSet.cutplanSha256 === cutplanSha256 &&
    changeSet.manifestSha256 === manifestSha256 &&
    changeSet.rowCount === rows.length;
  if (!isOwn) return new Failure("PHASE_REFUSED", `the change set of run ${runId} is of another plan`);
  if (changeSet.status === status) return changeSet;
  return new Failure("PHASE_REFUSED", `the change set of run ${runId} is ${changeSet.status}, not ${status}`);
}

async function recordSource(transaction: StatementRunner, work: LiveWork): Promise<null | Failure> {
  const { sourceVersionId, documentId } = work.cutplan;
  const { sourceSha256, bytes, mediaType } = work.document;
  const inserted = await transaction.query(insertSourceVersion, [
    ...[sourceVersionId, documentId, sourceSha256, `${bytes.byteLength}`, mediaType],
  ]);
  if (inserted instanceof Failure) return inserted;
  const reply = await transaction.query(readSourceVersion, [sourceVersionId]);
  if (reply instanceof Failure) return reply;
  const [row] = reply.rows;
  if (row?.source_sha256 === sourceSha256 && row.document_id === documentId) return null;
  return new Failure("PHASE_REFUSED", `the ledger has ${sourceVersionId} as the version of another source`);
}

/** How many blocks the ledger has now. */
async function recordManifest(transaction: StatementRunner, work: LiveWork): Promise<number | Failure> {
  const { manifest, cutplan, observe } = work;
  const { manifestSha256, profile, profileVersion, units } = manifest;
  const reply = await transaction.query(insertManifest, [
    ...[manifestSha256, cutplan.sourceVersionId, profile, profileVersion, `${units.length}`],
  ]);
  if (reply instanceof Failure) return reply;
  const isNew = reply.rows.length === 1;
  const written = isNew
    ? await writeBlocks(transaction, manifest, observe)
    : await compareBlocks(transaction, manifest);
  return written ?? units.length;
}

async function writeBlocks(
  transaction: StatementRunner,
  { manifestSha256, units }: Manifest,
  observe: LiveWork["observe"],
): Promise<null | Failure> {
  for (let from = 0; from < units.length; from += limits.ledgerRowsPerFetch) {
    const part = units.slice(from, from + limits.ledgerRowsPerFetch).map(blockOf);
    const reply = await transaction.query(insertBlocks, [manifestSha256, JSON.stringify(part)]);
    if (reply instanceof Failure) return reply;
    observe?.({ unit: "units", did: "recorded", done: from + part.length, total: units.length });
  }
  return null;
}

function blockOf(unit: Manifest["units"][number]) {
  const { ordinal, address, byte_start, byte_end, content_sha256 } = unitRecord(unit);
  return { ordinal, address, byte_start, byte_end, content_sha256 };
}

/** The digest of the change set, made from the ledger, signed for the signer's leg and recorded. */
export async function signChangeSet(
  transaction: StatementRunner,
  { changeSet, signer }: { readonly changeSet: ChangeSet; readonly signer: DotSigner | null },
): Promise<DotSignature | Failure> {
  const digest = await digestChangeSet(transaction, changeSet);
  if (digest instanceof Failure) return digest;
  if (signer === null) return new Failure("PHASE_REFUSED", "there is no key to sign the change set with");
  const signed = signer.sign(digest);
  const reply = await transaction.query(insertSignature, [
    ...[changeSet.id, signed.leg, digest, signed.keyFingerprint, signed.signature],
  ]);
  return reply instanceof Failure ? reply : signed;
}

type Move = { readonly from: string; readonly to: string };

export async function setStatus(
  transaction: StatementRunner,
  changeSet: ChangeSet,
  { from, to }: Move,
): Promise<null | Failure> {
  const reply = await transaction.query(moveChangeSet, [changeSet.id, from, to]);
  if (reply instanceof Failure) return reply;
  if (reply.rows.length === 1) return null;
  return new Failure("PHASE_REFUSED", `the change set ${changeSet.id} was not ${from} any more`);
}
