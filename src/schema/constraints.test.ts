/**
 * Every constraint of the contract has a case that violates it, and the test fails where one has none. A case is a row
 * that is there already with a few columns changed, inserted again: only the constraint that it names may refuse it.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { openRoleSession, succeed } from "../../scripts/database/target.ts";
import { Failure } from "../kernel/failure.ts";
import type { Session } from "../kernel/session/session.ts";
import { contractShape } from "./shape.ts";

type Changes = Readonly<Record<string, unknown>>;
/** The part of the constraint's text that names it, and the columns whose values break it. */
type Case = readonly [constraint: string, changes: Changes];

const HEX = "a".repeat(64);
const NEW_ID = "00000000-0000-4000-8000-000000000001";
const NO_ID = "00000000-0000-4000-8000-00000000dead";
/** What makes a copy of a row a row of its own, so that it breaks nothing before it is changed further. */
const OWN: Readonly<Record<string, Changes>> = {
  "public.system_vocab": { key: "vocab.unit_kind.own" },
  "public.information_unit": { id: NEW_ID, canonical_address: "OWN/1" },
  "public.unit_version": { id: NEW_ID, version_no: 99 },
  "public.iu_lifecycle_log": { id: NEW_ID },
  "cutter_governance.run": { run_id: "own" },
  "cutter_governance.run_phase": { attempt: 99, outcome: "mismatch" },
  "cutter_governance.approval_grant": { id: NEW_ID, approval_id: "own" },
  "cutter_governance.backup_artifact": { id: NEW_ID },
  "cutter_governance.source_version": { id: NEW_ID, source_version_id: "own" },
  "cutter_governance.manifest_envelope": { id: NEW_ID, manifest_sha256: HEX },
  "cutter_governance.manifest_unit_block": { ordinal: 99, canonical_address: "OWN/1" },
  "cutter_governance.cut_change_set": { id: NEW_ID, run_id: "free" },
  "cutter_governance.cut_change_set_affected_row": {
    ordinal: 99,
    information_unit_id: NEW_ID,
    unit_version_id: NEW_ID,
  },
  "cutter_governance.verify_result": { id: NEW_ID, attempt: 99 },
  "cutter_governance.review_decision": { id: NEW_ID },
  "cutter_governance.dot_pair_signature": { id: NEW_ID },
};

/** A value of the copied row itself. */
const COPIED = Symbol("copied");

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "public.system_vocab": [
    ["CHECK ((key ~", { key: "no vocabulary" }],
    ["CHECK ((label <>", { label: "" }],
    ["PRIMARY KEY", { key: COPIED }],
  ],
  "public.information_unit": [
    ["CHECK ((canonical_address <>", { canonical_address: "" }],
    ["CHECK ((created_by <>", { created_by: "" }],
    ["CHECK ((jsonb_typeof(identity_profile)", { identity_profile: [] }],
    ["CHECK ((lifecycle_status = ANY", { lifecycle_status: "shelved" }],
    ["CHECK ((unit_kind <>", { unit_kind: "" }],
    ["CHECK (((lifecycle_status <> 'enacted'", { lifecycle_status: "enacted", enacted_at: null }],
    ["CHECK (((lifecycle_status <> ALL", { lifecycle_status: "draft", enacted_at: "2026-01-01" }],
    ["PRIMARY KEY", { id: COPIED }],
    ["UNIQUE (canonical_address)", { canonical_address: COPIED }],
  ],
  "public.unit_version": [
    ["CHECK ((content_sha256 ~", { content_sha256: HEX.toUpperCase() }],
    ["CHECK ((created_by <>", { created_by: "" }],
    ["CHECK ((publication_type <>", { publication_type: "" }],
    ["CHECK ((title <>", { title: "" }],
    ["CHECK ((version_no >= 1", { version_no: 0 }],
    ["FOREIGN KEY (information_unit_id)", { information_unit_id: NO_ID }],
    ["PRIMARY KEY", { id: COPIED }],
    ["UNIQUE (information_unit_id, version_no)", { version_no: COPIED }],
  ],
  "public.iu_lifecycle_log": [
    ["CHECK ((actor <>", { actor: "" }],
    ["CHECK ((from_status = ANY", { from_status: "shelved" }],
    ["CHECK ((to_status = ANY", { to_status: "shelved" }],
    ["CHECK ((from_status <> to_status", { from_status: "enacted" }],
    ["FOREIGN KEY (information_unit_id)", { information_unit_id: NO_ID }],
    ["PRIMARY KEY", { id: COPIED }],
  ],
  "cutter_governance.run": [
    ["CHECK ((cutplan_sha256 ~", { cutplan_sha256: "abc" }],
    ["CHECK ((document_id <>", { document_id: "" }],
    ["CHECK ((fence >= 0", { fence: -1 }],
    ["CHECK ((jsonb_typeof(target)", { target: "here" }],
    ["CHECK ((mode = ANY", { mode: "LIVE" }],
    ["CHECK ((run_id <>", { run_id: "" }],
    ["CHECK ((state = ANY", { state: "DONE" }],
    ["PRIMARY KEY", { run_id: COPIED }],
  ],
  "cutter_governance.run_phase": [
    ["CHECK ((attempt >= 1", { attempt: 0 }],
    ["CHECK ((outcome = ANY", { outcome: "maybe" }],
    ["CHECK ((payload_sha256 ~", { payload_sha256: "abc" }],
    ["CHECK ((phase = ANY", { phase: "cut_leg_c" }],
    ["CHECK (((outcome = 'void'", { payload: null }],
    ["FOREIGN KEY (run_id)", { run_id: "nobody's" }],
    ["PRIMARY KEY", { attempt: COPIED }],
  ],
  "cutter_governance.approval_grant": [
    ["CHECK ((approval_id <>", { approval_id: "" }],
    ["CHECK ((cardinality(authority) >= 1", { authority: [], key_fingerprint: [] }],
    ["CHECK ((cardinality(authority) = cardinality", { authority: ["a", "b"], key_fingerprint: ["k"] }],
    ["CHECK ((document_sha256 ~", { document_sha256: "abc" }],
    ["CHECK ((gate = ANY", { gate: "SG3" }],
    ["FOREIGN KEY (run_id)", { run_id: "nobody's" }],
    ["PRIMARY KEY", { id: COPIED }],
    ["UNIQUE (approval_id)", { approval_id: COPIED }],
  ],
  "cutter_governance.backup_artifact": [
    ["CHECK ((cipher_sha256 ~", { cipher_sha256: "abc" }],
    ["CHECK (((file_name <>", { file_name: "../elsewhere" }],
    ["CHECK ((jsonb_typeof(snapshot_counts)", { snapshot_counts: [] }],
    ["CHECK ((key_fingerprint ~", { key_fingerprint: "ABC" }],
    ["CHECK ((plain_sha256 ~", { plain_sha256: "abc" }],
    ["CHECK ((read_back <>", { read_back: "" }],
    ["FOREIGN KEY (run_id)", { run_id: "nobody's" }],
    ["PRIMARY KEY", { id: COPIED }],
  ],
  "cutter_governance.source_version": [
    ["CHECK ((bytes >= 0", { bytes: -1 }],
    ["CHECK ((document_id <>", { document_id: "" }],
    ["CHECK ((media_type <>", { media_type: "" }],
    ["CHECK ((source_sha256 ~", { source_sha256: "abc" }],
    ["CHECK ((source_version_id <>", { source_version_id: "" }],
    ["PRIMARY KEY", { id: COPIED }],
    ["UNIQUE (source_version_id)", { source_version_id: COPIED }],
  ],
  "cutter_governance.manifest_envelope": [
    ["CHECK ((manifest_sha256 ~", { manifest_sha256: "abc" }],
    ["CHECK ((profile <>", { profile: "" }],
    ["CHECK ((profile_version <>", { profile_version: "" }],
    ["CHECK ((unit_count >= 0", { unit_count: -1 }],
    ["FOREIGN KEY (source_version_id)", { source_version_id: "nobody's" }],
    ["PRIMARY KEY", { id: COPIED }],
    ["UNIQUE (manifest_sha256)", { manifest_sha256: COPIED }],
  ],
  "cutter_governance.manifest_unit_block": [
    ["CHECK ((byte_end >= byte_start", { byte_start: 10, byte_end: 9 }],
    ["CHECK ((byte_start >= 0", { byte_start: -1 }],
    ["CHECK ((canonical_address <>", { canonical_address: "" }],
    ["CHECK (((length(content_sha256)", { content_sha256: HEX.toUpperCase() }],
    ["CHECK ((ordinal >= 1", { ordinal: 0 }],
    ["FOREIGN KEY (manifest_sha256)", { manifest_sha256: HEX }],
    ["PRIMARY KEY", { ordinal: COPIED }],
    ["UNIQUE (manifest_sha256, canonical_address)", { canonical_address: COPIED }],
  ],
  "cutter_governance.cut_change_set": [
    ["CHECK ((cutplan_sha256 ~", { cutplan_sha256: "abc" }],
    ["CHECK ((document_id <>", { document_id: "" }],
    ["CHECK ((manifest_sha256 ~", { manifest_sha256: "abc" }],
    ["CHECK ((row_count >= 1", { row_count: 0 }],
    ["CHECK ((status = ANY", { status: "verified" }],
    ["FOREIGN KEY (run_id)", { run_id: "nobody's" }],
    ["PRIMARY KEY", { id: COPIED }],
    ["UNIQUE (run_id)", { run_id: COPIED }],
  ],
  "cutter_governance.cut_change_set_affected_row": [
    ["CHECK ((action = ANY", { action: "delete" }],
    ["CHECK ((canonical_address <>", { canonical_address: "" }],
    ["CHECK (((length(content_sha256)", { content_sha256: "abc" }],
    ["CHECK ((ordinal >= 1", { ordinal: 0 }],
    ["FOREIGN KEY (change_set_id)", { change_set_id: NO_ID }],
    ["PRIMARY KEY", { ordinal: COPIED }],
    ["UNIQUE (change_set_id, information_unit_id)", { information_unit_id: COPIED }],
    ["UNIQUE (unit_version_id)", { unit_version_id: COPIED }],
  ],
  "cutter_governance.verify_result": [
    ["CHECK ((attempt >= 1", { attempt: 0 }],
    ["CHECK ((checked >= 0", { checked: -1 }],
    ["CHECK ((jsonb_typeof(findings)", { result: "mismatch", findings: {} }],
    ["CHECK ((result = ANY", { result: "maybe", findings: ["x"] }],
    ["CHECK (((result = 'match'", { findings: ["x"] }],
    ["FOREIGN KEY (change_set_id)", { change_set_id: NO_ID }],
    ["PRIMARY KEY", { id: COPIED }],
    ["UNIQUE (change_set_id, attempt)", { attempt: COPIED }],
  ],
  "cutter_governance.review_decision": [
    ["CHECK ((decision = ANY", { decision: "perhaps" }],
    ["CHECK ((document_sha256 ~", { document_sha256: "abc" }],
    ["CHECK ((gate = ANY", { gate: "SG3" }],
    ["CHECK ((run_id <>", { run_id: "" }],
    ["CHECK (((decision <> ALL (ARRAY['approved'::text, 'rejected'", { authority: null }],
    ["CHECK (((decision <> ALL (ARRAY['approved'::text, 'reverted'", { signature: null }],
    ["CHECK (((decision <> ALL (ARRAY['hold'", { decision: "hold" }],
    ["CHECK (((decision <> 'reverted'", { decision: "reverted" }],
    ["FOREIGN KEY (change_set_id)", { change_set_id: NO_ID }],
    ["PRIMARY KEY", { id: COPIED }],
  ],
  "cutter_governance.dot_pair_signature": [
    ["CHECK ((algorithm =", { algorithm: "rsa", leg: "exec" }],
    ["CHECK ((key_fingerprint <>", { key_fingerprint: "" }],
    ["CHECK ((leg = ANY", { leg: "third" }],
    ["CHECK ((payload_sha256 ~", { payload_sha256: "abc" }],
    ["CHECK ((signature <>", { signature: "" }],
    ["FOREIGN KEY (change_set_id)", { change_set_id: NO_ID }],
    ["PRIMARY KEY", { id: COPIED }],
    ["UNIQUE (change_set_id, leg)", {}],
  ],
};

let database: TestDatabase;
let session: Session;
/** What a constraint says, by its name. */
let texts: ReadonlyMap<string, string>;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  session = await openRoleSession(database);
  database.psql(`INSERT INTO cutter_governance.run (run_id, document_id, mode, state, target)
    VALUES ('free', 'D', 'live', 'PLANNED', '{}')`);
  const { rows } = succeed(
    await session.query(`SELECT conrelid::regclass || ' ' || conname AS name, pg_get_constraintdef(oid) AS text
      FROM pg_constraint WHERE conrelid <> 0`),
  );
  texts = new Map(rows.map(({ name, text }) => [name ?? "", text ?? ""]));
});

afterAll(async () => {
  await session.close();
  database.drop();
});

/** Inserts a copy of the table's first row with these changes, and answers what refused it. */
async function refusal(table: string, changes: Changes): Promise<string> {
  const own = { ...OWN[table], ...changes };
  const changed = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== COPIED));
  const first = table.endsWith("run") ? "ORDER BY created_at LIMIT 1" : "LIMIT 1";
  succeed(await session.query("BEGIN"));
  const reply = await session.query(
    `INSERT INTO ${table} SELECT (jsonb_populate_record(model, $1::jsonb)).* FROM ${table} AS model ${first}`,
    [JSON.stringify(changed)],
  );
  succeed(await session.query("ROLLBACK"));
  if (!(reply instanceof Failure)) return "nothing refused it";
  const { table: relation, constraint, schema } = reply.facts;
  const name = schema === "public" ? relation : `${schema}.${relation}`;
  return texts.get(`${name} ${constraint}`) ?? reply.message;
}

test("every constraint of the contract has a case that violates it", () => {
  const untested = Object.entries(contractShape.relations).flatMap(([table, { constraints }]) =>
    constraints
      .filter((text) => !(CASES[table] ?? []).some(([start]) => text.startsWith(start)))
      .map((text) => `${table} ${text}`),
  );
  expect(untested).toEqual([]);
});

for (const [table, cases] of Object.entries(CASES)) {
  test(`${table} refuses what breaks any of its ${cases.length} constraints`, async () => {
    for (const [constraint, changes] of cases) {
      const seen = await refusal(table, changes);
      expect({ constraint, refusedBy: seen.slice(0, constraint.length) }).toEqual({
        constraint,
        refusedBy: constraint,
      });
    }
  });
}

test("a phase of a run is done once, however many attempts it had, and may be void or mismatched besides", async () => {
  const table = "cutter_governance.run_phase";
  expect(await refusal(table, { outcome: "done" })).toContain("run_phase_done_once");
  expect(await refusal(table, { outcome: "void", payload: null, payload_sha256: null })).toBe("nothing refused it");
  expect(await refusal(table, { outcome: "mismatch" })).toBe("nothing refused it");
});
