/** Tests of the survey on a real server: what it sees, what it refuses, and that it leaves nothing. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../../scripts/database/database.ts";
import { failed, openRoleSession, succeed } from "../../../scripts/database/target.ts";
import { basisOf, driftBetween } from "../../flow/survey.ts";
import { sha256 } from "../../kernel/digest.ts";
import type { Session } from "../../kernel/session/session.ts";
import { largestOf, type Observation, type SurveyOrder, takeSurvey } from "./take.ts";
import { readBodies } from "./units.ts";

let database: TestDatabase;
let session: Session;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  session = await openRoleSession(database, "context_pack_readonly");
});

afterAll(async () => {
  await session?.close();
  database?.drop();
});

const ANY: SurveyOrder = { documentId: null, because: "", writingRole: "refused" };
const ICX: SurveyOrder = { ...ANY, documentId: "ICX-CONST", because: "asked for" };

async function survey(order: SurveyOrder = ICX): Promise<Observation> {
  return succeed(await takeSurvey(session, order));
}

function rowsOf({ counts }: Observation, relation: string, filter: string | null = null) {
  const found = counts.find((count) => count.relation === relation && count.filter === filter);
  return found === undefined ? "not counted" : (found.rows ?? found.note);
}

describe("the reference database, as the read-only role", () => {
  test("the document with the most units is taken where none was named, and that is said", async () => {
    const seen = await survey(ANY);
    expect([seen.survey.documentId, seen.chosenBecause]).toEqual([
      "ICX-CONST",
      "the document with the most units (60)",
    ]);
    expect(seen.documents[0]).toEqual({ documentId: "ICX-CONST", units: 60, draft: 0, enacted: 60 });
    expect(seen.documentCount).toBe(5);
  });

  test("counts are those of the reference, the document's part too, and governance is refused", async () => {
    const seen = await survey();
    const lifecycle = ["information_unit", "unit_version", "iu_lifecycle_log"].map((name) => `public.${name}`);
    expect(lifecycle.map((name) => rowsOf(seen, name))).toEqual([158, 165, 60]);
    expect(lifecycle.map((name) => rowsOf(seen, name, "ICX-CONST"))).toEqual([60, 60, 60]);
    const governance = seen.counts.filter(({ relation }) => relation.startsWith("cutter_governance."));
    expect([governance.length, new Set(governance.map(({ note }) => note))]).toEqual([
      12,
      new Set(["42501, untouched by construction"]),
    ]);
  });

  test("every unit comes with the digest of the body that the database holds", async () => {
    const digests: [string, string][] = [];
    const alsoRead = (statements: Pick<Session, "query">) =>
      readBodies(statements, "ICX-CONST", (address, body) => digests.push([address, sha256(body)]));
    const { units } = (await survey({ ...ICX, alsoRead })).survey;
    expect(units.map((unit) => [unit.canonicalAddress, unit.contentSha256])).toEqual(digests);
    expect(units[1]).toMatchObject({ canonicalAddress: "ICX-CONST/chapter-1", sectionType: "chapter" });
  });

  test("no transaction id is assigned, the role may write nothing, and the contract holds", async () => {
    const { transactionId, rights, contractProblems, identity } = await survey();
    expect([transactionId, rights, contractProblems, identity.role]).toEqual([null, [], [], "context_pack_readonly"]);
    expect(session.status()).toBe("I");
  });

  test("a document whose name begins another's name is not mixed up with it", async () => {
    database.psql(`SELECT fn_iu_create('ICX-CONST-2/article-1', 't', 'b', 'x', 'law_unit', 'article', 'law')`);
    expect((await survey()).survey.units.length).toBe(60);
    expect((await survey({ ...ICX, documentId: "ICX-CONST-2" })).survey.units.length).toBe(1);
    database.psql(`DELETE FROM unit_version WHERE information_unit_id IN
      (SELECT id FROM information_unit WHERE canonical_address = 'ICX-CONST-2/article-1');
      DELETE FROM information_unit WHERE canonical_address = 'ICX-CONST-2/article-1'`);
  });
});

describe("what a survey refuses", () => {
  test.each([
    ["cutter_exec", "EXECUTE on public.fn_iu_create as cutter_exec"],
    ["cutter_rehearse", "EXECUTE on public.fn_iu_create as cutter_exec"],
    ["postgres", "superuser: postgres may do anything"],
  ])("%s may write, and is refused unless told", async (role, right) => {
    const writer = await openRoleSession(database, role);
    const refusal = failed(await takeSurvey(writer, ICX));
    expect([refusal.code, refusal.facts.rights]).toEqual(["SURVEY_ROLE_MAY_WRITE", expect.arrayContaining([right])]);
    // cutter_rehearse inherits nothing, so it may not even read: told or not, it gets no further.
    const told = await takeSurvey(writer, { ...ICX, writingRole: "allowed" });
    if (role === "cutter_rehearse") expect(failed(told).code).toBe("PERMISSION_DENIED");
    else expect([succeed(told).rights, succeed(told).transactionId]).toEqual([expect.arrayContaining([right]), null]);
    expect(writer.status()).toBe("I");
    await writer.close();
  });

  test("a unit without a version is named, and nothing is planned on it", async () => {
    database.psql(`INSERT INTO information_unit (canonical_address, unit_kind, identity_profile, created_by)
      VALUES ('BARE/article-1', 'law_unit', '{"primary_section_type_ref":"vocab.section_type.article"}', 'x')`);
    const refusal = failed(await takeSurvey(session, { ...ICX, documentId: "BARE" }));
    expect([refusal.code, refusal.message]).toEqual(["SURVEY_FAILED", "BARE/article-1: it has no version"]);
    database.psql("DELETE FROM information_unit WHERE canonical_address = 'BARE/article-1'");
  });
});

test("a document whose id no cut could have written is passed over, and that is said", () => {
  const one = (documentId: string, units: number) => ({ documentId, units, draft: 0, enacted: units });
  expect(succeed(largestOf([one("BIG\nDOC", 9), one("", 8), one("HB-OPS", 7), one("HB-SAFE", 6)]))).toEqual({
    documentId: "HB-OPS",
    because: 'the document with the most units (7); passed over, since such an id cannot be planned: "BIG\\nDOC", ""',
  });
  expect(failed(largestOf([one("a b", 1)])).message).toContain("no document with an id that can be planned");
  expect(failed(largestOf([])).message).toContain("holds no unit");
});

test("row-level security on a table, or a view in its place, is refused by name", async () => {
  database.psql("ALTER TABLE unit_version ENABLE ROW LEVEL SECURITY");
  const secured = failed(await takeSurvey(session, ICX));
  database.psql(`ALTER TABLE unit_version DISABLE ROW LEVEL SECURITY;
    ALTER TABLE information_unit RENAME TO iu_real; CREATE VIEW information_unit AS SELECT * FROM iu_real;
    GRANT SELECT ON information_unit TO context_pack_readonly`);
  const viewed = failed(await takeSurvey(session, ICX));
  database.psql("DROP VIEW information_unit; ALTER TABLE iu_real RENAME TO information_unit");
  expect([secured.code, secured.facts.relations, viewed.code, viewed.facts.relations]).toEqual([
    "SURVEY_FAILED",
    ["public.unit_version: row-level security is active for this role"],
    "SURVEY_FAILED",
    ["public.information_unit: it is no table"],
  ]);
});

describe("the basis of a plan", () => {
  test("other documents and the order of units are not in it; a changed status, content or contract is", async () => {
    const { survey: planned } = await survey({ ...ICX, documentId: "HB-OPS" });
    const [first, ...others] = planned.units;
    if (first === undefined) throw new Error("HB-OPS has no unit");
    expect(basisOf({ ...planned, units: [...others, first] })).toBe(basisOf(planned));
    const changed = { ...first, contentSha256: sha256("other") };
    const withdrawn = { ...first, lifecycleStatus: "withdrawn" } as const;
    const variants = [
      { now: { ...planned, units: [changed, ...others] }, says: `${first.canonicalAddress}: has other content` },
      {
        now: { ...planned, units: [withdrawn, ...others] },
        says: `${first.canonicalAddress}: was draft, is withdrawn`,
      },
      { now: { ...planned, units: others }, says: `${first.canonicalAddress}: is gone` },
      { now: { ...planned, contractSha256: sha256("x") }, says: "write contract: was " },
      { now: { ...planned, hasRevise: false }, says: "fn_iu_revise: was true, is false" },
    ];
    for (const { now, says } of variants) {
      expect(basisOf(now)).not.toBe(basisOf(planned));
      expect(driftBetween(planned, now).map((line) => line.slice(0, says.length))).toEqual([says]);
    }
  });

  test("what the run itself wrote is no drift", async () => {
    const { survey: planned } = await survey({ ...ICX, documentId: "HB-OPS" });
    const [first, ...others] = planned.units;
    const own = new Set([first?.canonicalAddress ?? ""]);
    const before = { ...planned, units: others };
    expect([basisOf(planned, own), driftBetween(before, planned, own)]).toEqual([basisOf(before), []]);
  });
});
