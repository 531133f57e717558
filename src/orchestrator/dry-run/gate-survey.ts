/**
 * dry-run/gate-survey: G2: the database that was surveyed, as whom, read-only, and what was not to be seen.
 *
 * The one look that everything rests on. For a replay it reads the bodies of the document in the same snapshot. Reads
 * only; what the role may not read is a fact, not a failure.
 */
import { joinBodies, type ReplaySource } from "../../flow/replay.ts";
import type { Survey } from "../../flow/survey.ts";
import { Failure } from "../../kernel/failure.ts";
import type { Session } from "../../kernel/session/session.ts";
import { expectEqual, failed, type Judgement, judge } from "../../report/judgement.ts";
import type { SurveyOrder } from "../survey/take.ts";
import { readBodies } from "../survey/units.ts";
import type { DryGate, DryRunContext } from "./context.ts";
import type { Sight } from "./surveyor.ts";

export const surveyGate: DryGate = {
  id: "G2",
  claim: "the database was surveyed, read-only, by a role that writes nothing",
  async run(context) {
    let replay: ReplaySource | null = null;
    const alsoRead = async (session: Pick<Session, "query">, survey: Survey): Promise<Failure | null> => {
      const bodies = new Map<string, string>();
      const failure = await readBodies(session, survey.documentId, (address, body) => bodies.set(address, body));
      replay = failure === null ? joinBodies(survey.units, bodies) : null;
      return failure;
    };
    const sight = await lookAt(context, context.order.source === null ? { alsoRead } : {});
    if (sight instanceof Failure) return failed(sight);
    context.record.before = sight;
    if (context.order.source !== null) return judgeSight(sight, context);
    const work = replayWork(context, sight, replay);
    return work instanceof Failure ? failed(work) : judgeSight(sight, context);
  },
};

/** A look at the database under the order of this dry run, remembered with the id that the server gave it, if any. */
export async function lookAt(
  { order, surveyor, record }: DryRunContext,
  more: Pick<SurveyOrder, "alsoRead"> = {},
): Promise<Sight | Failure> {
  record.looks += 1;
  const { because, writingRole } = order;
  const documentId = record.before?.document.survey.documentId ?? order.documentId;
  const sight = await surveyor.look({ documentId, because, writingRole, ...more });
  if (!(sight instanceof Failure) && sight.seen?.transactionId) record.transactionIds.push(sight.seen.transactionId);
  return sight;
}

function replayWork({ order, record }: DryRunContext, sight: Sight, replay: ReplaySource | null): Failure | null {
  const { documentId, units } = sight.document.survey;
  if (replay === null) {
    return new Failure("SURVEY_FAILED", "a recorded survey holds no bodies, so there is nothing to replay", {
      hint: "Give the text with --source FILE.",
    });
  }
  if (units.length === 0) {
    return new Failure("SURVEY_FAILED", `the database holds no unit of ${documentId}, so there is nothing to replay`, {
      hint: "Give the text with --source FILE.",
    });
  }
  const { addresses, ends, bytes } = replay;
  if (bytes.byteLength === 0) {
    const have = units.length === 1 ? "its one unit has" : `its ${units.length} units have all`;
    return new Failure("REPLAY_EMPTY", `${documentId} holds no text in the database: ${have} an empty body`, {
      facts: { document: documentId, units: units.length },
    });
  }
  record.replay = {
    source: bytes,
    settings: {
      source: { from: "replay", addresses: [...addresses], ends: [...ends] },
      ...{ profile: "replay", ownProfile: null, actor: order.actor },
      ...{ ownerRef: order.ownerRef, publicationType: order.publicationType, surveyed: "live" },
    },
  };
  return null;
}

function judgeSight({ document, seen }: Sight, { surveyor }: DryRunContext): Judgement {
  const { survey, role, serverVersion, takenAt } = document;
  const unread = document.counts.filter(({ how }) => how === "unreadable").map(({ relation }) => relation);
  const facts = {
    ...{ database: survey.target.database, system_identifier: survey.target.systemIdentifier },
    ...{ timeline: survey.target.timeline, server_version: serverVersion, role, taken_at: takenAt },
    ...{ document: survey.documentId, units: survey.units.length, contract_sha256: survey.contractSha256 },
    not_readable: unread,
    ...(seen === null
      ? { recorded: true }
      : {
          standby: seen.identity.inRecovery,
          documents: seen.documentCount,
          rights_of_the_role: seen.rights,
          role_that_writes:
            seen.writerObstacles.length === 0 ? "cutter_exec, may call all functions" : seen.writerObstacles,
          transaction_id: seen.transactionId ?? "none assigned",
        }),
  };
  const where = seen === null ? "recorded" : seen.identity.inRecovery ? "a standby, read-only" : "read-only";
  const rights = seen?.rights.length ?? 0;
  // Of the embedded database this is no news: underneath, its session is the owner's.
  const may = rights > 0 && surveyor.kind === "server" ? `, a role with ${rights} rights to write (allowed)` : "";
  const units = `${survey.units.length} units of ${survey.documentId}`;
  const obstacles = seen?.writerObstacles ?? [];
  const later = obstacles.length === 0 ? "" : `; no live run could write: ${obstacles.join(", ")}`;
  const summary = `PostgreSQL ${serverVersion} as ${role}${may}, ${where}, ${units}${later}`;
  const problems = seen?.contractProblems ?? [];
  const mismatches = [
    ...expectEqual("transaction id assigned", "none", seen?.transactionId ?? "none"),
    ...problems.map((problem) => ({ what: "write contract", expected: "as frozen", seen: problem })),
  ];
  return judge({ summary, facts, mismatches });
}
