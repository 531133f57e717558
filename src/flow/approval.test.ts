/** Tests of approvals: what lets a run pass, and each way in which one does not. */
import { expect, test } from "bun:test";
import { sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import {
  type Approval,
  type GateStand,
  parseApproval,
  refuseApproval,
  SMOKE_LABEL,
  smokeApproval,
} from "./approval.ts";

const stand: GateStand = {
  gate: "SG1",
  runId: "ictr-20260521T042359Z-ad3d0b97",
  documentId: "ICX-CONST",
  mode: "dryrun",
  cutplanSha256: sha256("plan"),
  target: { systemIdentifier: "7640000000000000001", timeline: 1, database: "icx" },
  now: "2026-05-21T04:30:00.000Z",
};
const HOUR_MS = 3_600_000;
const approval = smokeApproval(stand, HOUR_MS);

function verdict(changes: Partial<Approval>, at: Partial<GateStand> = {}): string {
  const refused = refuseApproval({ ...approval, ...changes }, { ...stand, ...at });
  return refused === null ? "passes" : `${refused.code} ${refused.message.replace("the approval does not hold: ", "")}`;
}

test("an approval of exactly this lets the run pass, read back from its bytes too", () => {
  const read = parseApproval(Buffer.from(JSON.stringify(approval)));
  expect(read).toEqual(approval);
  expect(verdict({})).toBe("passes");
});

test.each([
  [{ gate: "SG2" }, "gate"],
  [{ run_id: "ictr-20260521T042359Z-00000000" }, "run"],
  [{ document_id: "ICX-NOTICE" }, "document"],
  [{ mode: "live" }, "mode"],
  [{ cutplan_sha256: sha256("another plan") }, "plan"],
  [{ target: { ...stand.target, systemIdentifier: "1" } }, "target"],
  [{ target: { ...stand.target, timeline: 2 } }, "target"],
  [{ target: { ...stand.target, database: "icx2" } }, "target"],
] as const)("an approval of something else (%p) is refused, and says of what", (changes, what) => {
  expect(verdict(changes)).toBe(`STOP_APPROVAL_INVALID it is for another ${what}`);
});

test("an approval holds from its first moment to before its last", () => {
  expect(verdict({}, { now: approval.issued_at })).toBe("passes");
  expect(verdict({}, { now: "2026-05-21T04:29:59.999Z" })).toStartWith("STOP_APPROVAL_EXPIRED it is valid from");
  expect(verdict({}, { now: "2026-05-21T05:29:59.999Z" })).toBe("passes");
  expect(verdict({}, { now: approval.expires_at })).toStartWith("STOP_APPROVAL_EXPIRED it expired at");
});

test("a rejection stops the run, with its reason", () => {
  expect(verdict({ decision: "rejected", note: "article 3 is missing" })).toEndWith(
    "rejected it: article 3 is missing",
  );
});

test.each(["rehearsal", "live"] as const)(
  "a dry run's own approval is refused in a %s run, whatever it says",
  (mode) => {
    expect(verdict({}, { mode })).toBe("STOP_APPROVAL_INVALID it is for another mode");
    expect(verdict({ mode }, { mode })).toBe(`STOP_APPROVAL_INVALID ${SMOKE_LABEL} approves dry runs only`);
  },
);

test("a malformed document is refused, each field by name; an unknown field too", () => {
  const refused = parseApproval(Buffer.from(JSON.stringify({ ...approval, gate: "SG3", extra: 1 })));
  if (!(refused instanceof Failure)) throw new Error("accepted");
  const fields = (refused.facts.problems as readonly string[]).map((problem) => problem.split(":")[0]);
  expect([refused.code, fields.sort()]).toEqual(["STOP_APPROVAL_INVALID", ["extra", "gate"]]);
  expect(parseApproval(Buffer.from("{")) instanceof Failure).toBe(true);
  expect(parseApproval(Buffer.from([0xff])) instanceof Failure).toBe(true);
});
