/**
 * approval: the document by which a person lets a run pass a gate, and what it must say to do so.
 *
 * Schema `cutter.approval/v1` (live.md §2). This checks the words: gate, run, document, plan, target, mode, time. Who
 * signed it is not asked here. A stub that a dry run wrote for itself holds in dry-run mode only, and in no other: by
 * its label, by its mode, and by its missing signature. Pure.
 */
import * as v from "valibot";
import { canonicalJson } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import { GATES } from "./phase.ts";
import type { TargetIdentity } from "./survey.ts";

export const APPROVAL_GATES = [...GATES, "REVERT", "HARD_DELETE"] as const;

/** What a person decides: the gates of a run, and the two ways in which one is taken back. */
export type ApprovalGate = (typeof APPROVAL_GATES)[number];

const MODES = ["dryrun", "rehearsal", "live"] as const;

export type Mode = (typeof MODES)[number];

/** The authority that a dry run's own approvals name. */
export const SMOKE_LABEL = "CUTTER-DRYRUN-SMOKE";

const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
/** ISO 8601 with `T` and an offset, which may be another than UTC: an approver writes the time of the place. */
const moment = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.check(isMoment, "is no time such as 2026-11-25T10:00:00Z or 2026-11-25T17:00:00+07:00"),
);

/** The calendar has the day, which `Date` would otherwise roll over into the next month. */
function isMoment(value: string): boolean {
  const day = value.slice(0, 10);
  const midnight = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || !midnight.toISOString().startsWith(day)) return false;
  return value[10] === "T" && !Number.isNaN(Date.parse(value));
}

/** One name, or two and more of one document that each of them signs. */
const authority = v.union([
  text,
  v.pipe(
    v.array(text),
    v.minLength(2, "must be two names or more; one stands alone, as text"),
    v.check((names) => new Set(names).size === names.length, "must not name anybody twice"),
  ),
]);

const approvalSchema = v.strictObject({
  schema: v.literal("cutter.approval/v1"),
  approval_id: text,
  gate: v.picklist(APPROVAL_GATES),
  decision: v.picklist(["approved", "rejected"]),
  run_id: text,
  document_id: text,
  mode: v.picklist(MODES),
  cutplan_sha256: digest,
  target: v.strictObject({
    systemIdentifier: v.nullable(text),
    timeline: v.nullable(v.number()),
    database: text,
  }),
  authority,
  issued_at: moment,
  expires_at: moment,
  note: v.string(),
});

export type Approval = v.InferOutput<typeof approvalSchema>;

/** Whose signatures the document needs, in its own order. */
export function authoritiesOf({ authority: named }: Pick<Approval, "authority">): readonly string[] {
  return typeof named === "string" ? [named] : named;
}

/** STOP_APPROVAL_INVALID, naming each field that is not as it should be. */
export function parseApproval(bytes: Uint8Array): Approval | Failure {
  let document: unknown;
  try {
    const json = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    document = JSON.parse(json);
    if (keysWritten(json) !== keysKept(document)) {
      return new Failure("STOP_APPROVAL_INVALID", "the approval gives one key twice, so it can be read in two ways");
    }
  } catch (cause) {
    return new Failure("STOP_APPROVAL_INVALID", "the approval is not JSON in UTF-8", { cause });
  }
  const parsed = v.safeParse(approvalSchema, document);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? "the document"}: ${issue.message}`);
  return new Failure("STOP_APPROVAL_INVALID", `the approval is malformed: ${problems.join("; ")}`, {
    facts: { problems },
  });
}

/** `json` is valid: there a string is a key where a colon follows, and nowhere else. */
function keysWritten(json: string): number {
  return [...json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}

function keysKept(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, inner: unknown) => sum + keysKept(inner), own);
}

/** What a run shows at a gate, to be compared with what was approved. */
export type GateStand = {
  readonly gate: ApprovalGate;
  readonly runId: string;
  readonly documentId: string;
  readonly mode: Mode;
  readonly cutplanSha256: string;
  readonly target: TargetIdentity;
  /** ISO 8601, UTC. */
  readonly now: string;
};

/** null where the approval lets the run pass; else STOP_APPROVAL_INVALID or STOP_APPROVAL_EXPIRED, with the rule. */
export function refuseApproval(approval: Approval, stand: GateStand): Failure | null {
  return (
    refuseForeign(approval, stand) ?? refuseStub(approval, stand) ?? rejected(approval) ?? untimely(approval, stand)
  );
}

/** All that is wrong with it, whichever way it decides: a rejection of this run holds as an approval would. */
export function faultsOf(approval: Approval, stand: GateStand): readonly Failure[] {
  const faults = [refuseForeign(approval, stand), refuseStub(approval, stand), untimely(approval, stand)];
  return faults.filter((fault) => fault !== null);
}

function refuseForeign(approval: Approval, stand: GateStand): Failure | null {
  const wrong = mismatches(approval, stand);
  return wrong.length === 0 ? null : invalid(`it is for another ${wrong.map(([what]) => what).join(", ")}`, wrong);
}

function refuseStub(approval: Approval, { mode }: GateStand): Failure | null {
  const isStub = authoritiesOf(approval).includes(SMOKE_LABEL) && mode !== "dryrun";
  return isStub ? invalid(`${SMOKE_LABEL} approves dry runs only`, []) : null;
}

function rejected(approval: Approval): Failure | null {
  if (approval.decision === "approved") return null;
  const who = authoritiesOf(approval).join(" and ");
  return invalid(`${who} rejected it: ${approval.note || "no reason was given"}`, []);
}

function untimely(approval: Approval, stand: GateStand): Failure | null {
  const now = Date.parse(stand.now);
  // Each is written so that a time which is no number would refuse, too.
  if (!(now >= Date.parse(approval.issued_at))) return outOfTime(`it is valid from ${approval.issued_at}`, stand);
  if (!(now < Date.parse(approval.expires_at))) return outOfTime(`it expired at ${approval.expires_at}`, stand);
  return null;
}

type Mismatch = readonly [what: string, approved: string, shown: string];

function mismatches(approval: Approval, stand: GateStand): readonly Mismatch[] {
  const pairs: readonly Mismatch[] = [
    ["gate", approval.gate, stand.gate],
    ["run", approval.run_id, stand.runId],
    ["document", approval.document_id, stand.documentId],
    ["mode", approval.mode, stand.mode],
    ["plan", approval.cutplan_sha256, stand.cutplanSha256],
    ["target", canonicalJson(approval.target), canonicalJson(stand.target)],
  ];
  return pairs.filter(([, approved, shown]) => approved !== shown);
}

function invalid(why: string, wrong: readonly Mismatch[]): Failure {
  const facts = { mismatches: wrong.map(([what, approved, shown]) => `${what}: approved ${approved}, is ${shown}`) };
  return new Failure("STOP_APPROVAL_INVALID", `the approval does not hold: ${why}`, { facts });
}

function outOfTime(why: string, { now }: GateStand): Failure {
  return new Failure("STOP_APPROVAL_EXPIRED", `the approval does not hold: ${why}, and it is ${now}`);
}

/** The approval that a dry run writes for itself, so that the way through the gates can be walked. */
export function smokeApproval(stand: GateStand, validMs: number): Approval {
  return {
    schema: "cutter.approval/v1",
    approval_id: `${SMOKE_LABEL}-${stand.gate}-${stand.runId}`,
    gate: stand.gate,
    decision: "approved",
    run_id: stand.runId,
    document_id: stand.documentId,
    mode: "dryrun",
    cutplan_sha256: stand.cutplanSha256,
    target: stand.target,
    authority: SMOKE_LABEL,
    issued_at: stand.now,
    expires_at: new Date(Date.parse(stand.now) + validMs).toISOString(),
    note: "written by the dry run itself; it authorises nothing else",
  };
}
