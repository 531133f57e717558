import { afterAll, beforeAll, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { canonicalJson, sha256 } from "../kernel/digest.ts";
import { referenceSql } from "./pieces.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
});

afterAll(() => {
  database.drop();
});

const RELATIONS = [
  "public.information_unit",
  "public.unit_version",
  "public.iu_lifecycle_log",
  "cutter_governance.run",
  "cutter_governance.run_phase",
  "cutter_governance.approval_grant",
  "cutter_governance.backup_artifact",
  "cutter_governance.source_version",
  "cutter_governance.manifest_envelope",
  "cutter_governance.manifest_unit_block",
  "cutter_governance.cut_change_set",
  "cutter_governance.cut_change_set_affected_row",
  "cutter_governance.verify_result",
  "cutter_governance.review_decision",
  "cutter_governance.dot_pair_signature",
];

/** Rows and content digest of each relation. */
function contentOf({ psql }: TestDatabase): string[] {
  const each = RELATIONS.map(
    (name) => `SELECT '${name}', count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM ${name} AS t`,
  );
  return psql(each.join(" UNION ALL ")).split("\n");
}

test("the counts are those that operators know from production", () => {
  const counts = contentOf(database).map((line) => line.split("|").slice(0, 2).join(" "));
  expect(counts).toEqual([
    "public.information_unit 158",
    "public.unit_version 165",
    "public.iu_lifecycle_log 60",
    "cutter_governance.run 2",
    "cutter_governance.run_phase 10",
    "cutter_governance.approval_grant 3",
    "cutter_governance.backup_artifact 2",
    "cutter_governance.source_version 2",
    "cutter_governance.manifest_envelope 2",
    "cutter_governance.manifest_unit_block 61",
    "cutter_governance.cut_change_set 2",
    "cutter_governance.cut_change_set_affected_row 61",
    "cutter_governance.verify_result 2",
    "cutter_governance.review_decision 3",
    "cutter_governance.dot_pair_signature 4",
  ]);
  const documents = `SELECT split_part(canonical_address, '/', 1), lifecycle_status, count(*) FROM information_unit
    GROUP BY 1, 2 ORDER BY 1`;
  expect(database.psql(documents).split("\n")).toEqual([
    "HB-OPS|draft|41",
    "HB-SAFE|draft|25",
    "ICX-CONST|enacted|60",
    "ICX-NOTICE|draft|1",
    "REG-LEND|draft|31",
  ]);
  expect(database.psql("SELECT count(*) FROM information_unit WHERE canonical_address ~ 'chapter-2/article-14$'")).toBe(
    "1",
  );
});

const PROMISES: [claim: string, query: string][] = [
  [
    "each body has the digest that stands beside it",
    "SELECT title FROM unit_version WHERE content_sha256 <> encode(sha256(convert_to(body, 'UTF8')), 'hex')",
  ],
  [
    "the log is that of ICX-CONST alone, one row for each unit",
    `SELECT canonical_address FROM information_unit u LEFT JOIN iu_lifecycle_log l ON l.information_unit_id = u.id
     WHERE (canonical_address LIKE 'ICX-CONST/%') <> (l.to_status IS NOT DISTINCT FROM 'enacted')`,
  ],
  [
    "each section type is a word of the vocabulary",
    `SELECT canonical_address FROM information_unit WHERE identity_profile ->> 'primary_section_type_ref' NOT IN
     (SELECT key FROM system_vocab) OR 'vocab.unit_kind.' || unit_kind NOT IN (SELECT key FROM system_vocab)`,
  ],
  [
    "the blocks of a manifest tile its source",
    `SELECT ordinal FROM (SELECT manifest_sha256, ordinal, byte_start,
       coalesce(lag(byte_end) OVER (PARTITION BY manifest_sha256 ORDER BY ordinal), 0) AS ended
       FROM cutter_governance.manifest_unit_block) AS block WHERE byte_start <> ended`,
  ],
  [
    "the source is its units one after the other, in bytes and digest",
    `SELECT s.document_id FROM cutter_governance.source_version s
     JOIN cutter_governance.manifest_envelope m USING (source_version_id)
     JOIN LATERAL (SELECT string_agg(v.body, '' ORDER BY b.ordinal) AS text, max(b.byte_end) AS ends, count(*) AS units
       FROM cutter_governance.manifest_unit_block b JOIN unit_version v USING (content_sha256)
       JOIN information_unit u ON u.id = v.information_unit_id AND u.canonical_address = b.canonical_address
       WHERE b.manifest_sha256 = m.manifest_sha256) AS joined ON true
     WHERE s.source_sha256 <> encode(sha256(convert_to(text, 'UTF8')), 'hex')
       OR s.bytes <> ends OR s.bytes <> octet_length(text) OR m.unit_count <> units`,
  ],
  [
    "each affected row is a version that exists, in the order of the manifest",
    `SELECT a.canonical_address FROM cutter_governance.cut_change_set_affected_row a
     JOIN cutter_governance.cut_change_set c ON c.id = a.change_set_id
     LEFT JOIN cutter_governance.manifest_unit_block b USING (manifest_sha256, ordinal)
     LEFT JOIN unit_version v ON v.id = a.unit_version_id AND v.information_unit_id = a.information_unit_id
     WHERE b.canonical_address IS DISTINCT FROM a.canonical_address
       OR v.content_sha256 IS DISTINCT FROM a.content_sha256 OR b.content_sha256 IS DISTINCT FROM a.content_sha256`,
  ],
  [
    "change set, run, manifest and verification agree",
    `SELECT run_id FROM cutter_governance.v_run_overview o JOIN cutter_governance.cut_change_set c USING (run_id)
     JOIN cutter_governance.run r USING (run_id) LEFT JOIN cutter_governance.manifest_envelope m USING (manifest_sha256)
     LEFT JOIN cutter_governance.verify_result v ON v.change_set_id = c.id
     WHERE r.cutplan_sha256 <> c.cutplan_sha256 OR m.unit_count IS DISTINCT FROM c.row_count
       OR v.checked IS DISTINCT FROM c.row_count OR o.legs_signed <> '{exec,verify}' OR o.verify_result <> 'match'`,
  ],
  [
    "both legs signed the same digest",
    `SELECT change_set_id FROM cutter_governance.dot_pair_signature
     GROUP BY 1 HAVING count(DISTINCT payload_sha256) <> 1`,
  ],
  [
    "every row says that it is reference data",
    RELATIONS.map((name) => `SELECT created_by FROM ${name} WHERE created_by <> 'reference'`).join(" UNION ALL "),
  ],
];

for (const [claim, query] of PROMISES) {
  test(claim, () => {
    expect(database.psql(query)).toBe("");
  });
}

test("a payload has the digest of its canonical JSON", () => {
  const rows = database
    .psql("SELECT payload::text || '|' || payload_sha256 FROM cutter_governance.run_phase")
    .split("\n");
  for (const row of rows) {
    const [payload = "", digest] = row.split("|");
    expect(sha256(canonicalJson(JSON.parse(payload)))).toBe(digest ?? "");
  }
});

test("two installations have the same content, row by row", async () => {
  const second = await createDatabase(database.server, { template: "empty" });
  second.psql(`BEGIN;\n${referenceSql()}\nCOMMIT;`);
  expect(contentOf(second)).toEqual(contentOf(database));
  second.drop();
});

test("every table, view, column, function and trigger of ours has a comment", () => {
  const ours = "(relnamespace = 'cutter_governance'::regnamespace OR relnamespace = 'public'::regnamespace)";
  const silent = database.psql(`
    SELECT c.oid::regclass::text FROM pg_class c WHERE relkind IN ('r', 'v') AND ${ours}
      AND obj_description(oid, 'pg_class') IS NULL
    UNION ALL
    SELECT c.oid::regclass || '.' || attname FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid
    WHERE relkind IN ('r', 'v') AND ${ours} AND attnum > 0 AND col_description(c.oid, attnum) IS NULL
    UNION ALL
    SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      AND obj_description(oid, 'pg_proc') IS NULL
    UNION ALL
    SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND obj_description(oid, 'pg_trigger') IS NULL`);
  expect(silent).toBe("");
});
