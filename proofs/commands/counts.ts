/**
 * counts: `cutter proof counts`: rows in one snapshot, saved, or compared with what was saved before.
 *
 * Parse, count, compare, render. Reads only; the comparison is made in counts-comparison.ts.
 */
import { readFile } from "node:fs/promises";
import type { Globals } from "../../src/cli/command/command.ts";
import { showProgress } from "../../src/cli/command/progress.ts";
import { EXIT, tellFailure } from "../../src/cli/exit.ts";
import { paint, type Terminal } from "../../src/cli/terminal.ts";
import { stopwatch, timestamp } from "../../src/kernel/clock.ts";
import { describeTarget } from "../../src/kernel/conninfo/describe.ts";
import type { Target } from "../../src/kernel/conninfo/target.ts";
import { countRelations } from "../../src/kernel/counts/count.ts";
import {
  compareIdentities,
  type DatabaseIdentity,
  describeIdentity,
  readDatabaseIdentity,
} from "../../src/kernel/counts/database-identity.ts";
import { parseRelationName } from "../../src/kernel/counts/relation-name.ts";
import type { CountOptions, CountRequest } from "../../src/kernel/counts/request.ts";
import { userRelations } from "../../src/kernel/counts/user-relations.ts";
import { Failure } from "../../src/kernel/failure.ts";
import { limits } from "../../src/kernel/limits.ts";
import { type Observer, unfailing } from "../../src/kernel/observer.ts";
import { writePrivateFile } from "../../src/kernel/private-files/file.ts";
import type { Session } from "../../src/kernel/session/session.ts";
import { COMMIT, VERSION } from "../../src/kernel/version.ts";
import { type CountsReport, renderCounts } from "../../src/report/counts.ts";
import { jsonDocument } from "../../src/report/json.ts";
import { connect } from "../connections.ts";
import { compareCounts } from "../counts-comparison.ts";
import { parseFilter } from "../filter.ts";
import { type NamingFlags, nameTargets, remarksOn } from "./naming.ts";

type CountsFlags = NamingFlags & {
  readonly relations: readonly string[];
  readonly filter: readonly string[];
  readonly save: string | undefined;
  readonly compare: string | undefined;
  readonly mode: "auto" | "exact" | "estimate";
  readonly digest: boolean;
  readonly "max-relations": number;
};

type Invocation = { readonly flags: CountsFlags; readonly globals: Globals };

export async function counts({ flags, globals }: Invocation, terminal: Terminal): Promise<number | Failure> {
  const named = await nameTargets(flags, { globals, primary: "survey" });
  if (named instanceof Failure) return named;
  for (const remark of remarksOn(named)) await terminal.talk(remark);
  const filters: CountRequest[] = [];
  for (const text of flags.filter) {
    const filter = parseFilter(text);
    if (filter instanceof Failure) return filter;
    filters.push(filter);
  }
  const relations: string[] = [];
  for (const text of flags.relations) {
    const relation = parseRelationName(text, "--relations");
    if (relation instanceof Failure) return relation;
    relations.push(relation);
  }
  const earlier = flags.compare === undefined ? null : await readCounts(flags.compare);
  if (earlier instanceof Failure) return earlier;
  const progress = showProgress(terminal);
  progress.now("counting");
  const observe = unfailing(progress.advanced);
  const taken = await take(named.target, { flags, filters, relations, earlier, observe }).finally(progress.stop);
  if (taken instanceof Failure) return taken;
  const missing = earlier === null ? taken.relations.find((count) => count.how === "missing") : undefined;
  if (missing !== undefined) return new Failure("OBJECT_MISSING", `there is no relation ${missing.relation} to count`);
  const compared = earlier === null ? taken : compareCounts(taken, { with: flags.compare ?? "", earlier });
  // A comparison judges each by itself. What a role cannot see of all relations is no news; of one it named, it is.
  const alone = earlier === null ? taken.relations : [];
  const unknown = alone.filter((count) => isPartial(count) && (relations.length > 0 || count.filter !== null));
  const report = withDoubts(compared, unknown.length);
  if (flags.save !== undefined) {
    const saved = writePrivateFile(flags.save, jsonDocument(report));
    if (saved instanceof Failure) return saved;
  }
  const palette = (text: string, style: Parameters<typeof paint>[1]) => paint(text, style, terminal.colour.stdout);
  await terminal.result(renderCounts(report, globals.format, palette));
  if (report.verdict === "TAKEN" || report.verdict === "SAME") return EXIT.done;
  const data = "Counting only reads; nothing was written.";
  return tellFailure(new Failure("NOT_PROVEN", whyNot(report, unknown), { data }), terminal);
}

/** Not counted at all, or only as far as row-level security shows its rows. */
function isPartial({ rows, how }: CountsReport["relations"][number]): boolean {
  return rows === null || how === "visible rows";
}

/** What was asked for and is not known, or was left out of a comparison, is no success. */
function withDoubts(report: CountsReport, unknown: number): CountsReport {
  const leftOut = report.verdict === "SAME" && report.leftOut > 0;
  const good = report.verdict === "SAME" || report.verdict === "TAKEN";
  return good && (unknown > 0 || leftOut) ? { ...report, verdict: "INCONCLUSIVE" } : report;
}

function whyNot(report: CountsReport, unknown: CountsReport["relations"]): string {
  const name = report.comparison?.with;
  if (report.verdict === "DIFFERS") return `rows moved since ${name}`;
  const named = unknown.map((count) => `${count.relation} (${count.how})`).join(", ");
  if (named !== "") return `not counted, or not in full: ${named}`;
  const leftOut = report.leftOut > 0 ? `; --max-relations left out ${report.leftOut} relations` : "";
  return `not everything could be compared with ${name}${leftOut}`;
}

type CountOrder = {
  readonly flags: CountsFlags;
  readonly filters: readonly CountRequest[];
  /** Those named; all where there are none. */
  readonly relations: readonly string[];
  readonly earlier: CountsReport | null;
  readonly observe: Observer;
};

async function take(target: Target, order: CountOrder): Promise<CountsReport | Failure> {
  const { flags } = order;
  const options: CountOptions = {
    mode: flags.mode,
    digest: flags.digest ? "content" : "none",
    budgetMs: flags.mode === "exact" ? limits.statementTimeoutMs : limits.exactCountBudgetMs,
    ...(flags.mode === "exact" ? { observe: order.observe } : {}),
  };
  const connections = connect({ target, witnessTarget: null, embeddedRole: "cutter_exec", counts: options });
  const witness = await connections.witness();
  if (witness instanceof Failure) return witness;
  const counted = await countHere(witness.session, order, options);
  await connections.close();
  if (counted instanceof Failure) return counted;
  return {
    schema: "cutter.counts/v1",
    version: VERSION,
    commit: COMMIT,
    database: { line: describeTarget(target), source: target.source, kind: target.kind },
    ...counted,
    comparison: null,
    verdict: "TAKEN",
  };
}

type Counted = Pick<CountsReport, "takenAt" | "durationMs" | "identity" | "role" | "relations" | "leftOut">;

/** Nothing is counted in a database that the earlier counts are not of. */
async function countHere(
  session: Session,
  { flags, filters, relations, earlier }: CountOrder,
  options: CountOptions,
): Promise<Counted | Failure> {
  const takenAt = timestamp();
  const elapsed = stopwatch();
  const identity = await readDatabaseIdentity(session);
  if (identity instanceof Failure) return identity;
  const other = earlier === null ? null : refuseOther(identity, earlier, flags.compare ?? "");
  if (other !== null) return other;
  const plain = await requests(session, { relations, most: flags["max-relations"] });
  if (plain instanceof Failure) return plain;
  const counted = await countRelations(session, [...plain.requests, ...filters], options);
  if (counted instanceof Failure) return counted;
  const role = await session.query("SELECT CURRENT_USER AS role");
  if (role instanceof Failure) return role;
  const { leftOut } = plain;
  const durationMs = elapsed();
  return { takenAt, durationMs, identity, role: role.rows[0]?.role ?? "", relations: counted, leftOut };
}

function refuseOther(here: DatabaseIdentity, earlier: CountsReport, path: string): Failure | null {
  if (earlier.identity === null || compareIdentities(here, earlier.identity) !== "another") return null;
  const there = describeIdentity(earlier.identity);
  const facts = { there: { ...earlier.identity }, here: { ...here } };
  return new Failure("OTHER_DATABASE", `${path} is of ${there}, and this is ${describeIdentity(here)}`, { facts });
}

type Requests = { readonly requests: readonly CountRequest[]; readonly leftOut: number };

async function requests(
  session: Session,
  { relations, most }: { readonly relations: readonly string[]; readonly most: number },
): Promise<Requests | Failure> {
  const plain = (names: readonly string[]) => names.map((relation) => ({ relation, filter: null }));
  if (relations.length > 0) return { requests: plain(relations), leftOut: 0 };
  const found = await userRelations(session, most);
  if (found instanceof Failure) return found;
  return { requests: plain([...found.names].sort()), leftOut: found.total - found.names.length };
}

/** A document that --save wrote, checked against its schema. */
async function readCounts(path: string): Promise<CountsReport | Failure> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, "utf8"));
  } catch (cause) {
    return new Failure("FILE_UNREADABLE", `${path}: ${cause instanceof Error ? cause.message : "cannot be read"}`, {
      cause,
    });
  }
  const { countsSchema } = await import("../../src/report/counts-schema.ts");
  const { safeParse, getDotPath } = await import("valibot");
  const parsed = safeParse(countsSchema, document);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  return new Failure("CONFIG_INVALID", `${path}: ${getDotPath(issue) ?? "the file"}: ${issue.message}`);
}
