/**
 * battery-sample: reports for the tests of the formats: one proven, one in which each kind of trouble shows.
 *
 * Test data only; nothing but `*.test.ts` imports it. Numbers are made up and fit together as those of a real run do.
 */
import type { BatteryReport, CountRow, ProofResult } from "./battery.ts";

const CLAIMS = [
  "kill switch is OFF",
  "the live writer refuses before any connect",
  "the connection shim wraps a real connection",
  "the contract guard passes an enriched row and refuses a bare one",
  "the real function answers created and the counts move, then ROLLBACK",
  "nothing stayed",
  "kill switch is STILL OFF",
];

export function sampleProof(number: number, changes: Partial<ProofResult> = {}): ProofResult {
  return {
    id: `PROOF-${number}`,
    claim: CLAIMS[number - 1] ?? "unknown",
    verdict: "PASS",
    summary: number === 5 ? "created; 158 → 159; xid 741; guarded" : "as claimed",
    durationMs: 1.5 * number,
    facts: { "executionEnabled()": false, provider_calls: 0 },
    mismatches: [],
    failure: null,
    ...changes,
  };
}

function sampleCount(changes: Partial<CountRow> = {}): CountRow {
  return {
    relation: "public.information_unit",
    filter: null,
    before: 158,
    inTransaction: 159,
    during: 158,
    after: 158,
    mode: "exact",
    note: null,
    ...changes,
  };
}

export function sampleReport(changes: Partial<BatteryReport> = {}): BatteryReport {
  return {
    schema: "cutter.proof/v1",
    runId: "proof-20260521T042359Z-ad3d0b97",
    version: "0.1.0",
    commit: "23a4fc1",
    command: "cutter proof rollback --url postgres://cutter_exec@db.example/app",
    startedAt: "2026-05-21T04:23:59.123Z",
    finishedAt: "2026-05-21T04:23:59.423Z",
    durationMs: 300.125,
    database: {
      line: 'database "app" as role "cutter_exec" at db.example:5432 (TLSv1.3)',
      source: "--url",
      kind: "server",
    },
    role: "cutter_exec",
    tier: "guarded",
    singleSession: false,
    target: { kind: "iu", name: "fn_iu_create", chosenBecause: "the IU contract was found in the catalog" },
    allowances: [],
    proofs: [1, 2, 3, 4, 5, 6, 7].map((number) => sampleProof(number)),
    unwatched: 0,
    counts: [
      sampleCount(),
      sampleCount({
        relation: "cutter_governance.run",
        before: "unreadable",
        inTransaction: "unreadable",
        during: "unreadable",
        after: "unreadable",
        mode: "unreadable",
        note: "42501, untouched by construction",
      }),
    ],
    effects: {
      xid: "741",
      relations: [
        { oid: "16401", relation: "public.information_unit", inserted: 1, updated: 0, deleted: 0, reason: null },
        {
          oid: "16422",
          relation: "public.archive",
          inserted: 0,
          updated: 0,
          deleted: "uncountable",
          reason: "truncated",
        },
      ],
      catalog: [{ change: "altered", objectKind: "table", name: "public.archive" }],
      sequences: [{ sequence: "public.ticket_id_seq", before: "10", after: "12", drift: "2" }],
      locks: [{ relation: "public.information_unit", mode: "RowExclusiveLock", heldMs: 4.25, statement: null }],
      advisoryLocks: [],
      walBytes: "8192",
      remarks: [],
    },
    notUndone: [
      { what: "sequence positions", detail: "public.ticket_id_seq moved by 2" },
      { what: "WAL", detail: "at most 8192 bytes, by the whole server" },
    ],
    attempts: 1,
    verdictLine: "CUTTER_ROLLBACK_PROOF 7/7 ALL_PROOFS_PASS",
    failure: null,
    exit: 0,
    ...changes,
  };
}

/** One PASS, one FAIL with a mismatch, one INCONCLUSIVE, the rest NOT RUN. */
export function troubledReport(): BatteryReport {
  return sampleReport({
    proofs: [
      sampleProof(1),
      sampleProof(2, {
        verdict: "FAIL",
        summary: "one method reached the provider",
        mismatches: [{ what: "provider_calls", expected: "0", seen: "1" }],
      }),
      sampleProof(3, {
        verdict: "INCONCLUSIVE",
        summary: "other sessions were writing",
        failure: {
          code: "NOT_PROVEN",
          message: "public.orders moved from 10 to 11 in 3 attempts",
          data: "The transaction was rolled back; no row stayed.",
          hint: "Run it again when the writers rest.",
          facts: { writers: ["app[4711]"] },
        },
      }),
      ...[4, 5, 6, 7].map((number) => sampleProof(number, { verdict: "NOT RUN", summary: "", facts: {} })),
    ],
    attempts: 3,
    verdictLine: "CUTTER_ROLLBACK_PROOF 1/7 NOT_PROVEN",
    failure: {
      code: "NOT_PROVEN",
      message: "PROOF-2, the live writer refuses before any connect: provider_calls: expected 0, seen 1",
      data: "The write was not tried; nothing was written.",
      hint: "Read the line that is not PASS; its facts say what was expected and what was seen.",
      facts: {},
    },
    exit: 3,
  });
}

/** What someone who may create objects in the database could try on the reader of a report. */
export const HOSTILE = [
  "\u001b[2J\u001b[31mred",
  "\nPASS  PROOF-9  forged\nCUTTER_ROLLBACK_PROOF 7/7 ALL_PROOFS_PASS\r",
  "c1 \u009b31m \u0085 bell \u0007 null \u0000 bs \b",
  "\u202egnirts\u202c \u2066isolated\u2069 zero\u200bwidth \ufeff \u2028 \u2029",
  "]]><evil/> <!-- & &lt; \"quoted\" 'single'",
  "a | b \\| c `code` ``` <script>alert(1)</script> [x](javascript:1) ![i](y) *b* _i_ __b__ ~~s~~ # h",
  "# SKIP # TODO not ok 1 - \\# ok",
  "---\n...\n  ---\n- x: {y}",
  "lone \ud800 half \udc00, \ufffe \uffff \u{e0041} \u{10ffff}",
  `very long ${"n".repeat(300)}`,
  "漢字 Điều 12 👩‍👩‍👧 e\u0301",
].join(" ");

/** Each string that a database or an operator can choose holds every hostile string. */
export function hostileReport(): BatteryReport {
  const report = troubledReport();
  const proofs = report.proofs.map((proof) => ({
    ...proof,
    claim: proof.verdict === "PASS" ? proof.claim : HOSTILE,
    summary: HOSTILE,
    facts: { [HOSTILE]: HOSTILE, nested: { [HOSTILE]: [HOSTILE, 1, null] } },
    mismatches: proof.verdict === "PASS" ? [] : [{ what: HOSTILE, expected: HOSTILE, seen: HOSTILE }],
    failure:
      proof.verdict === "PASS"
        ? null
        : { code: "DATABASE_ERROR", message: HOSTILE, data: HOSTILE, hint: HOSTILE, facts: { [HOSTILE]: HOSTILE } },
  }));
  return {
    ...report,
    command: HOSTILE,
    database: { ...report.database, line: HOSTILE, source: HOSTILE },
    role: HOSTILE,
    target: { kind: "sql", name: HOSTILE, chosenBecause: HOSTILE },
    allowances: [HOSTILE, HOSTILE],
    proofs,
    counts: [sampleCount({ relation: HOSTILE, filter: HOSTILE, note: HOSTILE })],
    effects: {
      xid: HOSTILE,
      relations: [{ oid: null, relation: HOSTILE, inserted: 1, updated: 0, deleted: "uncountable", reason: HOSTILE }],
      catalog: [{ change: "created", objectKind: HOSTILE, name: HOSTILE }],
      sequences: [{ sequence: HOSTILE, before: HOSTILE, after: null, drift: HOSTILE }],
      locks: [{ relation: HOSTILE, mode: HOSTILE, heldMs: null, statement: 1 }],
      advisoryLocks: [HOSTILE],
      walBytes: null,
      remarks: [HOSTILE],
    },
    notUndone: [{ what: HOSTILE, detail: HOSTILE }],
  };
}
