/**
 * survey/take: looks at a live database in one read-only snapshot, and leaves nothing in it.
 *
 * One REPEATABLE READ, READ ONLY transaction on a session whose default is read-only too; at its end the server is
 * asked whether a transaction id was ever assigned. A standby will do, and is said to be one. Called by the dry run, by
 * the first phase of every run, and again after each gate.
 */
import documentsQuery from "../../../sql/survey/documents.sql" with { type: "text" };
import settingsQuery from "../../../sql/survey/settings.sql" with { type: "text" };
import { checkDocumentId } from "../../flow/document.ts";
import type { Survey } from "../../flow/survey.ts";
import { countTogether } from "../../kernel/counts/count.ts";
import { plannedCounts, readsRows } from "../../kernel/counts/plan.ts";
import type { RelationCount } from "../../kernel/counts/request.ts";
import { Failure, joinFailure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { inspectSession, type SessionIdentity } from "../../kernel/rollback-only/identity.ts";
import type { Session } from "../../kernel/session/session.ts";
import { contractDifferences, readContract } from "../../schema/contract.ts";
import { refuseHiddenRows } from "./hidden.ts";
import { watchedRelations } from "./relations.ts";
import { refuseWritingRole, writingRights } from "./rights.ts";
import { readUnits } from "./units.ts";
import { writerObstacles } from "./writer.ts";

export type DocumentSummary = {
  readonly documentId: string;
  readonly units: number;
  readonly draft: number;
  readonly enacted: number;
};

/** A survey with all that was seen beside it. */
export type Observation = {
  readonly survey: Survey;
  readonly identity: SessionIdentity;
  /** The documents with the most units, and how many there are in all. */
  readonly documents: readonly DocumentSummary[];
  readonly documentCount: number;
  readonly chosenBecause: string;
  readonly counts: readonly RelationCount[];
  /** What the role could write although it does not; empty in the usual case. */
  readonly rights: readonly string[];
  /** What of the write contract is not as it should be, one sentence each. */
  readonly contractProblems: readonly string[];
  /** What would keep the role that writes from a live run; a dry run goes on. */
  readonly writerObstacles: readonly string[];
  /** Whether the server ever assigned a transaction id to the snapshot. */
  readonly transactionId: string | null;
};

export type SurveyOrder = {
  /** null: the document with the most units. */
  readonly documentId: string | null;
  readonly because: string;
  readonly writingRole: "refused" | "allowed";
  /** More to read in the same snapshot, e.g. the bodies for a replay. */
  readonly alsoRead?: (session: Pick<Session, "query">, survey: Survey) => Promise<Failure | null>;
};

/** Failures: SURVEY_ROLE_MAY_WRITE, SURVEY_FAILED, TARGET_IS_POOLER, and what the server answers. */
export async function takeSurvey(session: Session, order: SurveyOrder): Promise<Observation | Failure> {
  const identity = await inspectSession(session);
  if (identity instanceof Failure) return identity;
  if (identity.backendPids.some((pid) => pid !== identity.loginPid)) {
    return new Failure("TARGET_IS_POOLER", `logged in to backend ${identity.loginPid}, answered by another`);
  }
  const begun = await session.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  if (begun instanceof Failure) return begun;
  const seen = await readAll(session, identity, order);
  const ended = await session.query("ROLLBACK");
  if (ended instanceof Failure) return seen instanceof Failure ? joinFailure(seen, ended) : ended;
  return seen;
}

async function readAll(
  session: Session,
  identity: SessionIdentity,
  order: SurveyOrder,
): Promise<Observation | Failure> {
  const settings = await session.query(settingsQuery, [
    `${limits.statementTimeoutMs}`,
    `${limits.witnessLockTimeoutMs}`,
  ]);
  if (settings instanceof Failure) return settings;
  if (settings.rows[0]?.read_only !== "on") return new Failure("SURVEY_FAILED", "the transaction is not read-only");
  const rights = await writingRights(session);
  if (rights instanceof Failure) return rights;
  const refused = order.writingRole === "refused" ? refuseWritingRole(rights) : null;
  if (refused !== null) return refused;
  const hidden = await refuseHiddenRows(session);
  if (hidden !== null) return hidden;
  const obstacles = await writerObstacles(session);
  if (obstacles instanceof Failure) return obstacles;
  const contract = await readContract(session);
  if (contract instanceof Failure) return contract;
  const chosen = await chooseDocument(session, order);
  if (chosen instanceof Failure) return chosen;
  const units = await readUnits(session, chosen.documentId);
  if (units instanceof Failure) return units;
  const survey: Survey = {
    target: {
      systemIdentifier: identity.systemIdentifier,
      timeline: identity.timeline,
      database: identity.database,
    },
    documentId: chosen.documentId,
    vocabulary: contract.vocabulary,
    contractSha256: contract.digest,
    hasRevise: contract.functions.some(({ name }) => name === "public.fn_iu_revise"),
    units,
  };
  const more = await order.alsoRead?.(session, survey);
  if (more instanceof Failure) return more;
  const counts = await countHere(session, chosen.documentId);
  if (counts instanceof Failure) return counts;
  const assigned = await session.query("SELECT pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text AS xid");
  if (assigned instanceof Failure) return assigned;
  const problems = contractDifferences(contract).map(
    ({ what, expected, seen }) => `${what}: expected ${expected}, seen ${seen}`,
  );
  const { documents, documentCount, because } = chosen;
  const transactionId = assigned.rows[0]?.xid ?? null;
  const beside = { documents, documentCount, chosenBecause: because, counts, rights, transactionId };
  return { survey, identity, contractProblems: problems, writerObstacles: obstacles, ...beside };
}

type Chosen = Pick<Observation, "documents" | "documentCount"> & {
  readonly documentId: string;
  readonly because: string;
};

async function chooseDocument(session: Session, order: SurveyOrder): Promise<Chosen | Failure> {
  const reply = await session.query(documentsQuery, [`${limits.surveyedDocuments}`]);
  if (reply instanceof Failure) return reply;
  const documents = reply.rows.map((row) => ({
    documentId: row.document_id ?? "",
    units: Number(row.units),
    draft: Number(row.draft),
    enacted: Number(row.enacted),
  }));
  const documentCount = Number(reply.rows[0]?.documents ?? 0);
  if (order.documentId !== null) {
    return { documents, documentCount, documentId: order.documentId, because: order.because };
  }
  const largest = largestOf(documents);
  return largest instanceof Failure ? largest : { documents, documentCount, ...largest };
}

/** One whose id cannot be the first part of an address was never written by a cut, and could not be planned. */
export function largestOf(documents: readonly DocumentSummary[]): Pick<Chosen, "documentId" | "because"> | Failure {
  const at = documents.findIndex(({ documentId }) => checkDocumentId(documentId) === null);
  const chosen = documents[at];
  if (chosen === undefined) {
    const why = documents.length === 0 ? "holds no unit" : "holds no document with an id that can be planned";
    return new Failure("SURVEY_FAILED", `the database ${why}, so there is no document to take`, {
      hint: "Name a document and give its text with --source FILE.",
    });
  }
  const passed = documents
    .slice(0, Math.min(at, limits.namedInRemark))
    .map(({ documentId }) => JSON.stringify(documentId));
  const beside = passed.length === 0 ? "" : `; passed over, since such an id cannot be planned: ${passed.join(", ")}`;
  return { documentId: chosen.documentId, because: `the document with the most units (${chosen.units})${beside}` };
}

/** In the survey's own snapshot; what the role may not read is said by name. */
async function countHere(session: Session, documentId: string): Promise<readonly RelationCount[] | Failure> {
  const options = { mode: "auto", digest: "none", budgetMs: limits.exactCountBudgetMs } as const;
  const steps = await plannedCounts(session, watchedRelations(documentId), options);
  if (steps instanceof Failure) return steps;
  const exact = steps.filter(readsRows);
  const counted = await countTogether(session, exact, options);
  if (counted instanceof Failure) return counted;
  return steps.map((step) => counted.get(step) ?? step.otherwise);
}
