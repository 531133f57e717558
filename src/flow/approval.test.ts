/** Tests of approvals: what lets a run pass, and each way in which one does not. */
import { expect, test } from "bun:test";
import { sha256 } from "../kernel/digest.ts";
import { Failure } from "../kernel/failure.ts";
import {
  type Approval,
  authoritiesOf,
  faultsOf,
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

test("two authorities stand in one document, by name and each once; a stub's label beside another is a stub", () => {
  const both = { ...approval, authority: ["anna@example", "ben@example"] };
  expect(parseApproval(Buffer.from(JSON.stringify(both)))).toEqual(both);
  expect([authoritiesOf(both), authoritiesOf(approval)]).toEqual([["anna@example", "ben@example"], [SMOKE_LABEL]]);
  for (const authority of [["anna@example"], [], ["anna@example", "anna@example"], ["anna@example", ""], [7, 8]]) {
    expect(parseApproval(Buffer.from(JSON.stringify({ ...both, authority })))).toBeInstanceOf(Failure);
  }
  const live = { mode: "live", authority: ["anna@example", SMOKE_LABEL] } as const;
  expect(verdict({ ...live, authority: [...live.authority] }, { mode: "live" })).toEndWith("approves dry runs only");
});

test("a rejection has no fault of its own, and the others all at once", () => {
  const no = { ...approval, decision: "rejected" } as const;
  expect(faultsOf(no, stand)).toEqual([]);
  const faults = faultsOf(no, { ...stand, mode: "live", gate: "REVERT", now: "2036-05-21T04:30:00.000Z" });
  expect(faults.map(({ code, message }) => `${code} ${message.split(":")[1]?.trim().slice(0, 22)}`)).toEqual([
    "STOP_APPROVAL_INVALID it is for another gate",
    "STOP_APPROVAL_INVALID CUTTER-DRYRUN-SMOKE ap",
    "STOP_APPROVAL_EXPIRED it expired at 2026-05-",
  ]);
});

test("a malformed document is refused, each field by name; an unknown field too", () => {
  const refused = parseApproval(Buffer.from(JSON.stringify({ ...approval, gate: "SG3", extra: 1 })));
  if (!(refused instanceof Failure)) throw new Error("accepted");
  const fields = (refused.facts.problems as readonly string[]).map((problem) => problem.split(":")[0]);
  expect([refused.code, fields.sort()]).toEqual(["STOP_APPROVAL_INVALID", ["extra", "gate"]]);
  const blank = parseApproval(Buffer.from(JSON.stringify({ ...approval, authority: "" })));
  expect(blank).toMatchObject({ message: expect.stringContaining("authority: must not be empty") });
  expect(parseApproval(Buffer.from("{")) instanceof Failure).toBe(true);
  expect(parseApproval(Buffer.from([0xff])) instanceof Failure).toBe(true);
});

test.each([
  ["2026-05-21T12:30:00+08:00", "2026-05-21T12:30:00.000Z", "passes"],
  ["2026-05-21T04:00:00Z", "2026-05-21T10:29:59+06:00", "STOP_APPROVAL_EXPIRED"],
  ["2026-05-21T04:00:00Z", "2026-05-20T21:00:00-08:00", "passes"],
  ["2026-05-21T01:00:00-12:00", "2026-05-22T00:00:00Z", "STOP_APPROVAL_EXPIRED"],
])("times are moments, whatever their offset: from %s to %s", (issued_at, expires_at, expected) => {
  expect(verdict({ issued_at, expires_at })).toStartWith(expected);
});

test.each(["2026-02-30T00:00:00Z", "2026-05-21 05:00:00+00", "2026-05-21T05:00:00", "tomorrow"])(
  "a time that is none (%p) is refused",
  (expires_at) => {
    expect(parseApproval(Buffer.from(JSON.stringify({ ...approval, expires_at })))).toBeInstanceOf(Failure);
  },
);

test("a key given twice is refused, since a person reads the first and a program the last", () => {
  const json = JSON.stringify(approval);
  const twice = json.replace("{", '{"decision":"rejected",');
  expect(parseApproval(Buffer.from(twice))).toMatchObject({ code: "STOP_APPROVAL_INVALID" });
  const inner = json.replace('"target":{', '"target":{"database":"other",');
  expect(parseApproval(Buffer.from(inner))).toMatchObject({ code: "STOP_APPROVAL_INVALID" });
  const odd = { ...approval, note: 'it says "a": ": b", \\" : and [":"' };
  expect(parseApproval(Buffer.from(JSON.stringify(odd, null, 2)))).toEqual(odd);
});
