/**
 * survey/units: streams the units of one document out of the survey's snapshot, some at a time.
 *
 * By cursor, so that a document of a hundred thousand units never lies in one reply, and its bodies never lie in memory
 * at once. Works inside the transaction of take.ts; never writes.
 */
import bodiesCursor from "../../../sql/survey/bodies.sql" with { type: "text" };
import unitsCursor from "../../../sql/survey/units.sql" with { type: "text" };
import { LIFECYCLE_STATUSES, type LifecycleStatus, type SurveyedUnit } from "../../flow/survey.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import type { Row, Session } from "../../kernel/session/session.ts";

type Statements = Pick<Session, "query">;

/** In the order of creation. SURVEY_FAILED for a unit that has no version or a status that is not known. */
export async function readUnits(session: Statements, documentId: string): Promise<readonly SurveyedUnit[] | Failure> {
  const units: SurveyedUnit[] = [];
  const cursor = { name: "cutter_units", declare: unitsCursor, rows: limits.surveyedUnitsPerFetch };
  const read = await eachRow(session, { ...cursor, documentId }, (row) => {
    const unit = unitOf(row);
    if (unit instanceof Failure) return unit;
    units.push(unit);
    return units.length > limits.surveyedUnits ? tooMany(documentId) : null;
  });
  return read ?? units;
}

/** Hands each body to `take`, in the order of readUnits. */
export async function readBodies(
  session: Statements,
  documentId: string,
  take: (address: string, body: string) => void,
): Promise<Failure | null> {
  const cursor = { name: "cutter_bodies", declare: bodiesCursor, rows: limits.surveyedBodiesPerFetch };
  return eachRow(session, { ...cursor, documentId }, (row) => {
    take(row.address ?? "", row.body ?? "");
    return null;
  });
}

type Cursor = {
  readonly name: string;
  readonly declare: string;
  readonly rows: number;
  readonly documentId: string;
};

async function eachRow(
  session: Statements,
  { name, declare, rows, documentId }: Cursor,
  take: (row: Row) => Failure | null,
): Promise<Failure | null> {
  const declared = await session.query(declare, [documentId]);
  if (declared instanceof Failure) return declared;
  for (let fetched = rows; fetched === rows; ) {
    const reply = await session.query(`FETCH FORWARD ${rows} FROM ${name}`);
    if (reply instanceof Failure) return reply;
    fetched = reply.rows.length;
    for (const row of reply.rows) {
      const refused = take(row);
      if (refused !== null) return refused;
    }
  }
  const closed = await session.query(`CLOSE ${name}`);
  return closed instanceof Failure ? closed : null;
}

function unitOf(row: Row): SurveyedUnit | Failure {
  const status = LIFECYCLE_STATUSES.find((known): known is LifecycleStatus => known === row.status);
  const address = row.address ?? "";
  if (status === undefined) return broken(address, `its status ${row.status} is none that is known`);
  if (row.content_sha256 === null || row.content_sha256 === undefined) return broken(address, "it has no version");
  return {
    canonicalAddress: address,
    informationUnitId: row.information_unit_id ?? "",
    lifecycleStatus: status,
    unitKind: row.unit_kind ?? "",
    sectionType: row.section_type ?? "",
    ownerRef: row.owner_ref ?? null,
    publicationType: row.publication_type ?? "",
    title: row.title ?? "",
    contentSha256: row.content_sha256,
  };
}

function broken(address: string, why: string): Failure {
  return new Failure("SURVEY_FAILED", `${address}: ${why}`, { facts: { address } });
}

function tooMany(documentId: string): Failure {
  return new Failure("SURVEY_FAILED", `${documentId} has more than ${limits.surveyedUnits} units`);
}
