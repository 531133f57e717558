/**
 * dry-run/surveyor: where the surveys of a dry run come from: a live database, the embedded one, or a recorded file.
 *
 * On a database one read-only session serves the whole dry run, and whatever transaction id the server might ever have
 * given it is remembered. A recorded survey answers the same every time. Never writes. Called by the dry run.
 */
import type { SurveyDocument } from "../../flow/survey-document.ts";
import { timestamp } from "../../kernel/clock.ts";
import type { Target } from "../../kernel/conninfo/target.ts";
import { countRelations } from "../../kernel/counts/count.ts";
import type { RelationCount } from "../../kernel/counts/request.ts";
import { Failure } from "../../kernel/failure.ts";
import { boundSession } from "../../kernel/session/bounds.ts";
import { openSession } from "../../kernel/session/open.ts";
import type { Session } from "../../kernel/session/session.ts";
import { type Observation, type SurveyOrder, takeSurvey } from "../survey/take.ts";

export type Sight = {
  readonly document: SurveyDocument;
  /** null for a recorded survey. */
  readonly seen: Observation | null;
};

export type Surveyor = {
  readonly kind: "server" | "embedded" | "recorded";
  /** Looks anew, but for a recorded survey. */
  look(order: SurveyOrder): Promise<Sight | Failure>;
  close(): Promise<void>;
};

/** The role that surveys the embedded database, which knows no other login than its owner's. */
const EMBEDDED_ROLE = "context_pack_readonly";

/** `governance`: where the ledger may be counted by another role; null: it is out of reach, which the report says. */
export function liveSurveyor(target: Target, governance: Target | null = null): Surveyor {
  const opened = new Map<Target, Session>();
  const sessionOn = async (place: Target): Promise<Session | Failure> => {
    const session = opened.get(place) ?? (await openReadOnly(place));
    if (!(session instanceof Failure)) opened.set(place, session);
    return session;
  };
  return {
    kind: target.kind,
    async look(order) {
      const session = await sessionOn(target);
      if (session instanceof Failure) return session;
      // Underneath, the embedded session is a superuser; the role that it took is what reads.
      const writingRole = target.kind === "embedded" ? "allowed" : order.writingRole;
      const seen = await takeSurvey(session, { ...order, writingRole });
      if (seen instanceof Failure) return seen;
      const second = governance === null ? null : await sessionOn(governance);
      if (second instanceof Failure) return second;
      const counts = second === null ? seen.counts : await countLedger(second, seen.counts);
      if (counts instanceof Failure) return counts;
      const whole = { ...seen, counts };
      return { seen: whole, document: documentOf(whole) };
    },
    async close() {
      await Promise.all([...opened.values()].map((session) => session.close()));
    },
  };
}

/** The ledger's rows, counted by a second role where the first may not; each look in a snapshot of its own. */
async function countLedger(
  session: Session,
  counts: readonly RelationCount[],
): Promise<readonly RelationCount[] | Failure> {
  const unread = counts.filter(({ how, relation }) => how === "unreadable" && relation.startsWith(LEDGER));
  const requests = unread.map(({ relation }) => ({ relation, filter: null }));
  const counted = await countRelations(session, requests);
  if (counted instanceof Failure) return counted;
  const role = await session.query("SELECT current_user AS role");
  if (role instanceof Failure) return role;
  const note = `counted as ${role.rows[0]?.role}`;
  const byName = new Map(
    counted.map((count) => [count.relation, { ...count, note: count.note === null ? note : `${note}, ${count.note}` }]),
  );
  return counts.map((count) => byName.get(count.relation) ?? count);
}

const LEDGER = "cutter_governance.";

export function recordedSurveyor(document: SurveyDocument): Surveyor {
  return {
    kind: "recorded",
    async look({ documentId }) {
      if (documentId === null || documentId === document.survey.documentId) return { document, seen: null };
      const recorded = document.survey.documentId;
      return new Failure("SURVEY_FAILED", `the recorded survey is of ${recorded}, not of ${documentId}`);
    },
    async close() {},
  };
}

async function openReadOnly(target: Target): Promise<Session | Failure> {
  if (target.kind === "embedded") return openEmbedded(target);
  const session = await openSession(target, { label: "survey" });
  if (session instanceof Failure) return session;
  const bounded = await boundSession(session, "on");
  if (!(bounded instanceof Failure)) return session;
  await session.close();
  return bounded;
}

async function openEmbedded(target: Target): Promise<Session | Failure> {
  const session = await openSession(target, { label: "survey" });
  if (session instanceof Failure) return session;
  for (const statement of ["SET default_transaction_read_only = on", `SET ROLE ${EMBEDDED_ROLE}`]) {
    const reply = await session.query(statement);
    if (reply instanceof Failure) {
      await session.close();
      return reply;
    }
  }
  return session;
}

function documentOf({ survey, identity, counts }: Observation): SurveyDocument {
  return {
    schema: "cutter.survey/v1",
    takenAt: timestamp(),
    role: identity.role,
    serverVersion: identity.serverVersion,
    survey: {
      ...survey,
      vocabulary: {
        unit_kind: [...survey.vocabulary.unit_kind],
        section_type: [...survey.vocabulary.section_type],
        publication_type: [...survey.vocabulary.publication_type],
      },
      units: [...survey.units],
    },
    counts: counts.map((count: RelationCount) => ({ ...count })),
  };
}
