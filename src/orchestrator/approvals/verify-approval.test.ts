/** Tests of signed approvals, with real keys: the sound ones pass; each way in which one can be wrong is refused. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Key, makeKey, sign, signersFile } from "../../../scripts/database/signers.ts";
import { type Approval, SMOKE_LABEL, smokeApproval } from "../../flow/approval.ts";
import { NO_APPROVAL_POLICY } from "../../kernel/conninfo/approval-policy.ts";
import { sha256 } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import type { RunRecord } from "../store/run-record.ts";
import { ok, type SampleRun, sampleFolders, sampleRun } from "../store/sample-run.ts";
import type { ApprovalOrder } from "./judge-approval.ts";
import { isRejection, verifyApproval } from "./verify-approval.ts";

const folders = sampleFolders();
const ALL = 'namespaces="sg1@cutter,sg2@cutter,revert@cutter,hard-delete@cutter"';
const TARGET = { systemIdentifier: "7640000000000000001", timeline: 1, database: "icx" };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let sample: SampleRun;
let run: RunRecord;
let now: string;
let base: Approval;
let keys: Record<"anna" | "ben" | "carol" | "mallory", Key>;
let allowedSigners: string;

beforeAll(async () => {
  keys = { anna: makeKey("ed25519"), ben: makeKey("rsa"), carol: makeKey("ecdsa"), mallory: makeKey("ed25519") };
  allowedSigners = signersFile(
    "# who may approve",
    `anna@example ${ALL} ${keys.anna.publicKey} Anna's laptop`,
    `ben@example ${ALL} ${keys.ben.publicKey}`,
    `carol@example namespaces="sg1@cutter" ${keys.carol.publicKey}`,
    `anna-again@example ${ALL} ${keys.anna.publicKey}`,
    `retired@example ${ALL},valid-before="20250101" ${keys.mallory.publicKey}`,
  );
  sample = await sampleRun(folders.next(), { mode: "live", target: TARGET });
  run = { ...recordOf(sample), cutplanSha256: sha256("plan") };
  now = at(60_000);
  const { runId, documentId } = run;
  const stand = {
    gate: "SG1",
    runId,
    documentId,
    mode: "live",
    cutplanSha256: sha256("plan"),
    target: TARGET,
  } as const;
  const written = smokeApproval({ ...stand, now: at(0) }, HOUR_MS);
  base = { ...written, approval_id: "appr-1", mode: "live", authority: "anna@example", note: "read in full" };
});

afterAll(() => folders.remove());

function recordOf({ store, lock }: SampleRun): RunRecord {
  const record = ok(store.run(lock.runId));
  if (record === null) throw new Error("the run is gone");
  return record;
}

/** So long after the run last moved. */
function at(afterMs: number): string {
  return new Date(Date.parse(run.updatedAt) + afterMs).toISOString();
}

type Case = {
  readonly document?: Partial<Approval>;
  /** Who signs, and for what; anna for SG1 where left out. */
  readonly signed?: readonly (readonly [key: Key, namespace: string])[];
  readonly order?: Partial<ApprovalOrder>;
  readonly required?: number;
};

const forCut = (...by: readonly Key[]) => by.map((key) => [key, "sg1@cutter"] as const);

const bytesOf = (document: Partial<Approval> = {}) => Buffer.from(JSON.stringify({ ...base, ...document }, null, 2));

function orderOf({ document, signed, order = {}, required = 1 }: Case): ApprovalOrder {
  const approval = order.approval ?? bytesOf(document);
  const by = signed ?? [[keys.anna, "sg1@cutter"]];
  const policy = {
    ...{ ...NO_APPROVAL_POLICY, allowedSigners },
    required: { SG1: required, SG2: required, REVERT: required, HARD_DELETE: required },
  };
  const signatures = by.map(([key, namespace]) => sign(approval, key, namespace));
  return { policy, store: sample.store, run, gate: "SG1", now, approval, signatures, ...order };
}

function wentBack(order: Partial<ApprovalOrder>): Case {
  const document = { issued_at: at(-3 * DAY_MS), expires_at: at(-DAY_MS) };
  return { document, order: { now: at(-2 * DAY_MS), ...order } };
}

/** `granted`, `rejected`, or each reason with its code; all of them have exit code 4. */
async function outcome(one: Case): Promise<readonly string[]> {
  const value = await verifyApproval(orderOf(one));
  if (!(value instanceof Failure)) return [isRejection(value) ? "rejected" : "granted"];
  if (value.exitCode !== 4) return [`${value.code} has exit code ${value.exitCode}: ${value.message}`];
  const all = value.facts.reasons ?? [`${value.code}: ${value.message}`];
  return (all as readonly string[]).map((reason) => reason.replaceAll("the approval does not hold: ", ""));
}

describe("sound", () => {
  test("an approval that its authority signed becomes a grant, to the byte", async () => {
    const order = orderOf({});
    expect(await verifyApproval(order)).toEqual({
      ...{ approvalId: "appr-1", gate: "SG1", authorities: ["anna@example"], note: "read in full" },
      ...{ keyFingerprints: [keys.anna.fingerprint], expiresAt: base.expires_at },
      signatures: order.signatures.map((bytes) => Buffer.from(bytes).toString()),
      documentSha256: sha256(order.approval),
    });
  });

  test("two authorities by an RSA and an ECDSA key, whose signatures came in another order", async () => {
    const value = await verifyApproval(
      orderOf({
        document: { authority: ["ben@example", "carol@example"] },
        signed: forCut(keys.carol, keys.ben),
        required: 2,
      }),
    );
    expect(value).toMatchObject({
      authorities: ["ben@example", "carol@example"],
      keyFingerprints: [keys.ben.fingerprint, keys.carol.fingerprint],
    });
  });

  test.each([
    ["SG2", "sg2@cutter"],
    ["REVERT", "revert@cutter"],
    ["HARD_DELETE", "hard-delete@cutter"],
  ] as const)("%s, signed for %s", async (gate, namespace) => {
    expect(await outcome({ document: { gate }, signed: [[keys.anna, namespace]], order: { gate } })).toEqual([
      "granted",
    ]);
  });

  test("the same approval again for what it was used for, as after a crash", async () => {
    const { store, lock } = sample;
    const use = { approvalId: "appr-used", gate: "SG1", cutplanSha256: sha256("plan"), fence: lock.fence } as const;
    const bytes = bytesOf({ approval_id: "appr-used" });
    ok(store.consumeApproval(run.runId, { ...use, documentSha256: sha256(bytes) }));
    expect(await outcome({ document: { approval_id: "appr-used" } })).toEqual(["granted"]);
  });
});

test("a signed rejection is a value of its own, and one person is enough for it", async () => {
  const document = { decision: "rejected", note: "article 3 is missing" } as const;
  const value = await verifyApproval(orderOf({ document, required: 2 }));
  if (value instanceof Failure) throw new Error(value.message);
  expect([isRejection(value), value]).toEqual([
    true,
    expect.objectContaining({
      ...{ decision: "rejected", reason: "article 3 is missing", authorities: ["anna@example"] },
      ...{ rejectedAt: base.issued_at, keyFingerprints: [keys.anna.fingerprint] },
    }),
  ]);
  expect("note" in value).toBe(false);
  expect((await outcome({ document, signed: [] }))[0]).toBe("STOP_APPROVAL_INVALID: it is not signed");
  expect((await outcome({ document: { ...document, run_id: "another" } }))[0]).toContain("for another run");
});

/** Each is one fault in an approval that passes without it. */
const WRONG: readonly (readonly [what: string, one: () => Case, reasons: readonly string[]])[] = [
  ["unsigned", () => ({ signed: [] }), ["STOP_APPROVAL_INVALID: it is not signed"]],
  [
    "edited by one byte after it was signed",
    () => {
      const signatures = [sign(bytesOf(), keys.anna, "sg1@cutter")];
      return { order: { approval: bytesOf({ note: "read in fulL" }), signatures } };
    },
    ["STOP_APPROVAL_INVALID: anna@example did not sign it for sg1@cutter: ", "incorrect signature"],
  ],
  ["for another plan", () => ({ document: { cutplan_sha256: sha256("other") } }), ["INVALID: it is for another plan"]],
  ["for another target", () => ({ document: { target: { ...TARGET, timeline: 2 } } }), ["for another target"]],
  ["for another gate", () => ({ document: { gate: "SG2" } }), ["INVALID: it is for another gate"]],
  ["for another run", () => ({ document: { run_id: "ictr-20260521T042359Z-00000000" } }), ["for another run"]],
  ["for another document", () => ({ document: { document_id: "ICX-NOTICE" } }), ["for another document"]],
  ["for another mode", () => ({ document: { mode: "rehearsal" } }), ["INVALID: it is for another mode"]],
  ["expired", () => ({ order: { now: at(HOUR_MS) } }), ["STOP_APPROVAL_EXPIRED: it expired at"]],
  ["ten years on", () => ({ order: { now: at(3_650 * DAY_MS) } }), ["STOP_APPROVAL_EXPIRED: it expired at"]],
  ["not yet valid", () => ({ document: { issued_at: at(HOUR_MS / 2) } }), ["EXPIRED: it is valid from"]],
  ["in time, by a clock that went two days back", () => wentBack({}), ["the clock of this machine went back"]],
  ["the same, tried again", () => wentBack({ run: { ...run, updatedAt: at(-3 * DAY_MS) } }), ["machine went back"]],
  [
    "signed for another gate's namespace",
    () => ({ signed: [[keys.anna, "sg2@cutter"]] }),
    ["did not sign it for sg1@cutter", "namespace does not match, it was signed for sg2@cutter"],
  ],
  [
    "signed by a key that is not listed",
    () => ({ signed: [[makeKey("ed25519"), "sg1@cutter"]] }),
    ["anna@example did not sign it", "which is no key of theirs"],
  ],
  [
    "by an authority that is not listed",
    () => ({ document: { authority: "eve@example" } }),
    ["INVALID: eve@example is not listed in"],
  ],
  [
    "by an authority that is listed with another key",
    () => ({ document: { authority: "ben@example" } }),
    ["ben@example did not sign it", "which is no key of theirs"],
  ],
  [
    "by an authority that may not sign at this gate",
    () => ({ document: { gate: "SG2", authority: "carol@example" }, order: { gate: "SG2" } }),
    ["carol@example may not sign for sg2@cutter"],
  ],
  [
    "by a key that was revoked",
    () => ({ document: { authority: "retired@example" }, signed: [[keys.mallory, "sg1@cutter"]] }),
    ["retired@example did not sign it", "key has expired"],
  ],
  [
    "by one key under two names",
    () => ({
      document: { authority: ["anna@example", "anna-again@example"] },
      signed: forCut(keys.anna, keys.anna),
      required: 2,
    }),
    ["INVALID: anna@example and anna-again@example signed with one key"],
  ],
  [
    "by one of the two that it names",
    () => ({ document: { authority: ["anna@example", "ben@example"] }, required: 2 }),
    ["INVALID: ben@example did not sign it"],
  ],
  ["by one where two are needed", () => ({ required: 2 }), ["INVALID: SG1 needs 2 authorities, and it names 1"]],
  [
    "with a signature more than it names authorities",
    () => ({
      signed: forCut(keys.anna, keys.mallory),
    }),
    ["INVALID: it has 2 signatures and names 1 authorities"],
  ],
  [
    "with a signature that is none",
    () => ({ order: { signatures: [Buffer.from("x")] } }),
    ["signature 1 is no armored"],
  ],
  [
    "with a key given twice",
    () => ({ order: { approval: Buffer.from(bytesOf().toString().replace("{", '{"gate":"SG2",')) } }),
    ["INVALID: the approval gives one key twice"],
  ],
];

test.each(WRONG)("an approval %s is refused, and it is said why", async (_, one, parts) => {
  const reasons = await outcome(one());
  const missing = parts.filter((part) => !reasons[0]?.includes(part));
  expect({ missing, count: reasons.length, reasons }).toEqual({ missing: [], count: 1, reasons });
});

test("an approval that another run has used, or whose text was another then, is a replay", async () => {
  const other = await sampleRun(folders.next(), { mode: "live", target: TARGET });
  const { fence, runId } = other.lock;
  const use = { approvalId: "appr-1", gate: "SG1", cutplanSha256: sha256("plan"), fence } as const;
  ok(other.store.consumeApproval(runId, { ...use, documentSha256: sha256(bytesOf()) }));
  const [used, ...more] = await outcome({ order: { store: other.store } });
  expect([used, more]).toEqual([expect.stringContaining(`for run ${runId}`), []]);
  expect(used).toStartWith("STOP_APPROVAL_REPLAYED: approval appr-1 was used at");
  const same = { ...run, runId };
  const [text] = await outcome({
    document: { run_id: runId, note: "edited and signed again" },
    order: { store: other.store, run: same },
  });
  expect(text).toContain("another text of the approval");
});

test("a dry run's stub is refused in a live run by its mode, its label and its missing signature", async () => {
  const { runId, documentId, cutplanSha256 } = run;
  const stand = { gate: "SG1", runId, documentId, mode: "dryrun", cutplanSha256: cutplanSha256 ?? "", target: TARGET };
  const stub = smokeApproval({ ...stand, gate: "SG1", mode: "dryrun", now: at(0) }, HOUR_MS);
  expect(await outcome({ order: { approval: Buffer.from(JSON.stringify(stub)), signatures: [] } })).toEqual([
    "STOP_APPROVAL_INVALID: it is for another mode",
    `STOP_APPROVAL_INVALID: ${SMOKE_LABEL} approves dry runs only`,
    "STOP_APPROVAL_INVALID: it is not signed",
  ]);
  const [first, second] = await outcome({ document: { authority: SMOKE_LABEL } });
  expect([first, second]).toEqual([
    `STOP_APPROVAL_INVALID: ${SMOKE_LABEL} approves dry runs only`,
    expect.stringContaining(`${SMOKE_LABEL} is not listed in`),
  ]);
});

test("everything that is wrong is said at once, with the first as the code", async () => {
  const reasons = await outcome({ document: { gate: "SG2" }, signed: [], order: { now: at(HOUR_MS) }, required: 2 });
  expect(reasons.map((reason) => reason.split(" ").slice(0, 4).join(" "))).toEqual([
    "STOP_APPROVAL_INVALID: it is for",
    "STOP_APPROVAL_EXPIRED: it expired at",
    "STOP_APPROVAL_INVALID: SG1 needs 2",
    "STOP_APPROVAL_INVALID: it is not",
  ]);
});

test("a run without a plan is approved by nobody", async () => {
  const reasons = await outcome({ order: { run: { ...run, cutplanSha256: null } } });
  expect(reasons).toEqual([expect.stringContaining("has no plan yet")]);
});
