/**
 * dry-run/gate-untouched: G7: nothing was changed: rows, ledger, transaction ids, kill switch, trees, services.
 *
 * The last look at the database, in a snapshot of its own. Rows that others changed meanwhile are no proof against us,
 * but the gate is then inconclusive: it says what moved. Runs whatever the other gates said.
 */
import type { SurveyDocument } from "../../flow/survey-document.ts";
import { type Facts, Failure } from "../../kernel/failure.ts";
import { type KillSwitchReading, switchMismatches } from "../../kernel/kill-switch.ts";
import { treeDifferences } from "../../readiness/surroundings.ts";
import type { Mismatch } from "../../report/battery.ts";
import { expectEqual, failed, type Judgement, judge } from "../../report/judgement.ts";
import { switchFacts, switchState } from "../../report/kill-switch-facts.ts";
import { watchedRelations } from "../survey/relations.ts";
import type { DryGate, DryRunContext } from "./context.ts";
import { lookAt } from "./gate-survey.ts";

export const untouchedGate: DryGate = {
  id: "G7",
  claim: "nothing was changed: rows, ledger, kill switch, files, services",
  async run(context) {
    const { record, surroundings, killSwitch } = context;
    const reading = killSwitch();
    const services = await surroundings.services();
    const trees = await surroundings.trees();
    const switched = [
      ...switchMismatches(reading),
      ...(record.switchAtStart === null
        ? []
        : expectEqual("kill switch, since the start", switchState(record.switchAtStart), switchState(reading))),
    ];
    const outside = [
      ...switched,
      ...services.mismatches,
      ...(record.trees === null ? [] : treeDifferences(record.trees, trees)),
    ];
    const machine = { ...switchFacts(reading), ...services.facts, ...trees.facts };
    const stops = standing(reading);
    if (record.before === null || record.before.seen === null) {
      const { summary, disturbances } = notCompared(context);
      return judge({ summary: `${summary}${stops}`, facts: machine, mismatches: outside, disturbances });
    }
    const after = await lookAt(context);
    if (after instanceof Failure) return failedAfter(after, { machine, outside });
    record.after = after;
    const ids = expectEqual("transaction ids given to our session", "none", record.transactionIds.join(", ") || "none");
    const disturbances = moved(record.before.document, after.document);
    return judge({
      summary: `${summaryOf(context, after.document, disturbances)}${stops}`,
      facts: { ...machine, governance: governance(after.document), looks_at_the_database: record.looks },
      mismatches: [...outside, ...ids],
      disturbances,
    });
  },
};

/** A HOLD, or the operator's DISABLED, stops no dry run, but would stop what comes after it. */
function standing({ sources }: KillSwitchReading): string {
  const files = sources.filter(({ name, says }) => (name === "HOLD" || name === "DISABLED") && says === "off");
  return files.map(({ name, where, detail }) => `; a ${name} stands (${where}: ${detail})`).join("");
}

/** Nothing to compare: because no database was ever looked at, or because the look came to nothing. */
function notCompared({ record, surveyor }: DryRunContext): { summary: string; disturbances: readonly Mismatch[] } {
  if (surveyor.kind === "recorded")
    return { summary: "no database was looked at: the survey was recorded", disturbances: [] };
  if (record.looks === 0) return { summary: "no database was looked at", disturbances: [] };
  const disturbances = expectEqual("rows before", "counted by the survey", "not counted: it did not come to its end");
  return { summary: "there is no survey to compare with", disturbances };
}

type Beside = { readonly machine: Facts; readonly outside: readonly Mismatch[] };

/** The last look failed; what was found beside the database is told all the same. */
function failedAfter(failure: Failure, { machine, outside }: Beside): Judgement {
  return { ...failed(failure, machine), mismatches: outside };
}

/** By the list of what is to be counted, so that what is in neither look is told as well. */
function moved(before: SurveyDocument, after: SurveyDocument): readonly Mismatch[] {
  return watchedRelations(before.survey.documentId).flatMap(({ relation, filter }) => {
    const label = filter?.label ?? null;
    const [was, is] = [before, after].map(({ counts }) =>
      counts.find((count) => count.relation === relation && count.filter === label),
    );
    const what = `rows of ${label === null ? relation : `${relation} [${label}]`}`;
    if (was === undefined || is === undefined) return expectEqual(what, "counted", "not among the counts");
    const vague = [was, is].find((count) => isVague(count));
    if (vague !== undefined) return expectEqual(what, "counted", `${WORDS[vague.how]}: ${vague.note ?? vague.how}`);
    if (was.how !== "exact") return [];
    return expectEqual(what, was.rows, is.how === "exact" ? is.rows : is.how);
  });
}

type Count = SurveyDocument["counts"][number];

/** Only the ledger is out of reach by construction; what else nobody counted, or not every row of, shows nothing. */
function isVague(count: Count): boolean {
  if (count.how === "visible rows") return true;
  return count.how !== "exact" && count.how !== "estimate" && !isLedger(count);
}

const WORDS: Readonly<Record<Count["how"], string>> = {
  ...{ exact: "counted", estimate: "estimated", "visible rows": "not every row counted" },
  ...{ unreadable: "not counted", missing: "not counted", locked: "not counted", "over budget": "not counted" },
};

function isLedger({ relation }: { readonly relation: string }): boolean {
  return relation.startsWith("cutter_governance.");
}

/** What keeps the ledger out of reach, in the server's words; or that its rows were counted like the others. */
function governance({ counts }: SurveyDocument): string {
  const ledger = counts.filter(isLedger);
  const notes = new Set(ledger.map(({ note, how }) => note ?? how));
  return [...notes].join("; ") || "not there";
}

function summaryOf({ record }: DryRunContext, after: SurveyDocument, disturbances: readonly Mismatch[]): string {
  if (disturbances.length > 0) {
    return `${disturbances.length} counts moved or were not to be had, and no transaction id was ever ours`;
  }
  const counted = after.counts.filter(({ how }) => how === "exact").length;
  const estimates = after.counts.filter(({ how }) => how === "estimate").length;
  const estimated = estimates === 0 ? "" : `, ${estimates} only estimated`;
  const ids = record.transactionIds.length === 0 ? "no transaction id assigned" : "a transaction id was assigned";
  return `${counted} counts equal${estimated}, governance ${governance(after)}, ${ids}`;
}
