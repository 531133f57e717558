import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testServer } from "../../scripts/database/database.ts";
import { failed, onlyCell, openRoleSession, succeed } from "../../scripts/database/target.ts";
import type { Cell, Session } from "../kernel/session/session.ts";

type Answer = { status: string; errors?: string[]; information_unit_id?: string; unit_version_id?: string };

const VALID = {
  canonical_address: "T/article-1",
  title: "Article 1",
  body: "Text.",
  actor: "tester",
  unit_kind: "law_unit",
  section_type: "article",
  publication_type: "law",
} as const;

let database: TestDatabase;
/** The executing role, which may call the functions and write no table. */
let executor: Session;
let owner: Session;

beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "reference" });
  executor = await openRoleSession(database, "cutter_exec");
  owner = await openRoleSession(database, "workflow_admin");
});

afterEach(async () => {
  for (const session of [executor, owner]) if (session.status() !== "I") succeed(await session.query("ROLLBACK"));
});

afterAll(async () => {
  await executor.close();
  await owner.close();
  database.drop();
});

async function call(name: string, given: Readonly<Record<string, Cell>>, session = executor): Promise<Answer> {
  const named = Object.keys(given).map((key, index) => `${key} => $${index + 1}`);
  const reply = await session.query(`SELECT public.${name}(${named.join(", ")})`, Object.values(given));
  return JSON.parse(onlyCell(reply) ?? "null") as Answer;
}

/** Until some session of this database waits for another. */
async function somebodyWaits(): Promise<void> {
  const waiting =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  for (let look = 0; look < 500 && database.psql(waiting) === "0"; look += 1) await Bun.sleep(2);
}

const create = (changes: Readonly<Record<string, Cell>> = {}, session = executor): Promise<Answer> =>
  call("fn_iu_create", { ...VALID, ...changes }, session);

async function rowOf(sql: string, id: string | undefined): Promise<Record<string, Cell>> {
  return { ...succeed(await executor.query(sql, [id ?? null])).rows[0] };
}

const unit = (id: string | undefined) =>
  rowOf("SELECT lifecycle_status, enacted_at IS NOT NULL AS dated FROM public.information_unit WHERE id = $1", id);
const logged = (id: string | undefined) =>
  rowOf(
    `SELECT string_agg(from_status || '>' || to_status || ' ' || actor || ' ' || created_by, ', ') AS log
     FROM public.iu_lifecycle_log WHERE information_unit_id = $1`,
    id,
  );

describe("fn_iu_create", () => {
  test("creates one row in each of the two tables, with the digest of the body and the actor", async () => {
    succeed(await executor.query("BEGIN"));
    const answer = await create({ body: "Điều 1.", owner_ref: "council" });
    expect(answer).toEqual({
      status: "created",
      information_unit_id: expect.any(String) as never,
      unit_version_id: expect.any(String) as never,
    });
    const row = await rowOf(
      `SELECT u.canonical_address, u.unit_kind, u.identity_profile, u.lifecycle_status, u.owner_ref, u.created_by,
        v.id, v.version_no, v.title, v.body, v.publication_type, v.created_by AS version_by,
        v.content_sha256 = encode(sha256(convert_to('Điều 1.', 'UTF8')), 'hex') AS digested
       FROM public.information_unit u JOIN public.unit_version v ON v.information_unit_id = u.id WHERE u.id = $1`,
      answer.information_unit_id,
    );
    expect(row).toEqual({
      canonical_address: VALID.canonical_address,
      unit_kind: "law_unit",
      identity_profile: '{"primary_section_type_ref": "vocab.section_type.article"}',
      lifecycle_status: "draft",
      owner_ref: "council",
      created_by: "tester",
      id: answer.unit_version_id ?? "",
      version_no: "1",
      title: VALID.title,
      body: "Điều 1.",
      publication_type: "law",
      version_by: "tester",
      digested: "t",
    });
    expect(await logged(answer.information_unit_id)).toEqual({ log: null });
  });

  test("takes an empty body, and words with or without their vocab prefix", async () => {
    succeed(await executor.query("BEGIN"));
    expect((await create({ body: "" })).status).toBe("created");
    const long = await create({
      canonical_address: "T/2",
      unit_kind: "vocab.unit_kind.law_unit",
      section_type: "vocab.section_type.chapter",
      publication_type: "vocab.publication_type.law",
    });
    const stored = await rowOf(
      `SELECT unit_kind || ' ' || (identity_profile ->> 'primary_section_type_ref') AS words
       FROM public.information_unit WHERE id = $1`,
      long.information_unit_id,
    );
    expect(stored).toEqual({ words: "law_unit vocab.section_type.chapter" });
  });

  const choices = "annex, appendix, article, book, chapter, clause, document, front_matter, heading, notice, paragraph";
  const refusals: [changes: Readonly<Record<string, Cell>>, errors: string[]][] = [
    [{ canonical_address: "" }, ["canonical_address: must not be empty"]],
    [{ canonical_address: null }, ["canonical_address: must not be empty"]],
    [{ canonical_address: "ICX-CONST/preamble" }, ["canonical_address: ICX-CONST/preamble exists already"]],
    [{ title: "" }, ["title: must not be empty"]],
    [{ body: null }, ["body: must not be null"]],
    [{ actor: null }, ["actor: must not be empty"]],
    [{ section_type: null }, [`section_type: Multiple, choose: ${choices}`]],
    [{ section_type: "verse" }, [`section_type: 'verse' is not known, choose: ${choices}`]],
    [{ unit_kind: "article" }, ["unit_kind: 'article' is not known, choose: document_unit, handbook_unit"]],
    [{ publication_type: null }, ["publication_type: Multiple, choose: handbook, law, notice, policy, regulation"]],
    [
      {
        canonical_address: "ICX-CONST/preamble",
        title: null,
        body: null,
        actor: "",
        unit_kind: null,
        section_type: "",
      },
      ["canonical_address: ICX", "title: ", "body: ", "actor: ", "unit_kind: Multiple", "section_type: '' is not"],
    ],
  ];
  for (const [changes, errors] of refusals) {
    test(`refuses ${JSON.stringify(changes)} with every reason and no row`, async () => {
      const before = await counts();
      const answer = await create(changes);
      expect(answer.status).toBe("rejected");
      expect(answer.errors?.map((error, index) => error.slice(0, errors[index]?.length))).toEqual(errors);
      expect(await counts()).toEqual(before);
    });
  }

  test("answers row by row in a batch, a duplicate within the batch included", async () => {
    succeed(await executor.query("BEGIN"));
    const { rows } = succeed(
      await executor.query(
        `SELECT public.fn_iu_create(canonical_address => r.address, title => 'T', body => 'B', actor => 'A',
           unit_kind => 'law_unit', section_type => r.section, publication_type => 'law') ->> 'status' AS status
         FROM jsonb_to_recordset($1::jsonb) AS r (address text, section text)`,
        [
          JSON.stringify(
            ["B/1", "B/1", "B/2"].map((address, index) => ({ address, section: index < 2 ? "article" : "x" })),
          ),
        ],
      ),
    );
    expect(rows.map(({ status }) => status)).toEqual(["created", "rejected", "rejected"]);
  });

  test("a race for one address ends in one unit and one rejection, never in an error", async () => {
    const rival = await openRoleSession(database, "cutter_exec");
    succeed(await executor.query("BEGIN"));
    expect((await create({ canonical_address: "RACE/1" })).status).toBe("created");
    const waiting = create({ canonical_address: "RACE/1" }, rival);
    await somebodyWaits();
    succeed(await executor.query("COMMIT"));
    expect(await waiting).toEqual({ status: "rejected", errors: ["canonical_address: RACE/1 exists already"] });
    await rival.close();
  });

  test("cannot be led astray by objects of the caller, whose own schema comes first in its search_path", async () => {
    const caller = await openRoleSession(database, "cutter_exec");
    succeed(await caller.query("CREATE TEMP TABLE system_vocab (key text, label text)"));
    succeed(await caller.query("CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'"));
    succeed(await caller.query("SET search_path = pg_temp, public"));
    const answer = await create({ canonical_address: "PATH/1", section_type: "article" }, caller);
    expect(answer.status).toBe("created");
    await caller.close();
  });
});

async function counts(): Promise<Record<string, Cell>> {
  return rowOf(
    `SELECT (SELECT count(*) FROM public.information_unit) AS units, (SELECT count(*) FROM public.unit_version) AS
     versions, (SELECT count(*) FROM public.iu_lifecycle_log) AS log WHERE $1::text IS NULL`,
    undefined,
  );
}

describe("the moves of a unit", () => {
  async function draft(): Promise<string> {
    succeed(await executor.query("BEGIN"));
    return (await create()).information_unit_id ?? "";
  }
  const move = (name: string, id: string, actor: Cell = "mover") => call(name, { information_unit_id: id, actor });
  const revise = (id: string, changes: Readonly<Record<string, Cell>> = {}) =>
    call("fn_iu_revise", { information_unit_id: id, title: "New", body: "New text.", actor: "reviser", ...changes });

  test("draft → enacted is logged, and nothing leads on from there", async () => {
    const id = await draft();
    expect(await move("fn_iu_enact", id)).toEqual({ status: "enacted", information_unit_id: id });
    expect(await unit(id)).toEqual({ lifecycle_status: "enacted", dated: "t" });
    expect(await logged(id)).toEqual({ log: "draft>enacted mover cutter_exec" });
    for (const next of [move("fn_iu_enact", id), move("fn_iu_withdraw", id), revise(id)]) {
      expect(await next).toMatchObject({ status: "rejected", errors: [expect.stringContaining("this is enacted")] });
    }
    expect(await logged(id)).toEqual({ log: "draft>enacted mover cutter_exec" });
  });

  test("draft → withdrawn → draft by a revision, each logged, version by version", async () => {
    const id = await draft();
    expect((await revise(id)).status).toBe("revised");
    expect(await logged(id)).toEqual({ log: null });
    expect(await move("fn_iu_withdraw", id)).toEqual({ status: "withdrawn", information_unit_id: id });
    expect((await move("fn_iu_enact", id)).status).toBe("rejected");
    expect((await move("fn_iu_withdraw", id)).status).toBe("rejected");
    expect(await revise(id, { body: "" })).toMatchObject({ status: "revised", version_no: 3 });
    expect(await unit(id)).toEqual({ lifecycle_status: "draft", dated: "f" });
    expect(await logged(id)).toEqual({
      log: "draft>withdrawn mover cutter_exec, withdrawn>draft reviser cutter_exec",
    });
  });

  test("every problem is told at once, of a unit that does not exist too", async () => {
    const nobody = "00000000-0000-4000-8000-00000000dead";
    const absent = `information_unit_id: ${nobody} does not exist`;
    const actorless = "actor: must not be empty";
    for (const name of ["fn_iu_enact", "fn_iu_withdraw"]) {
      expect(await move(name, nobody, "")).toEqual({ status: "rejected", errors: [absent, actorless] });
      expect(await move(name, await draft(), null)).toEqual({ status: "rejected", errors: [actorless] });
      succeed(await executor.query("ROLLBACK"));
    }
    expect(await revise(nobody, { title: "", body: null, actor: null })).toEqual({
      status: "rejected",
      errors: [absent, "title: must not be empty", "body: must not be null", actorless],
    });
  });
});

describe("an enacted unit and its versions are immutable, for their owner too", () => {
  const attempts = [
    "UPDATE public.information_unit SET owner_ref = 'x' WHERE canonical_address = 'ICX-CONST/preamble'",
    "UPDATE public.information_unit SET lifecycle_status = 'superseded' WHERE canonical_address = 'ICX-CONST/preamble'",
    "DELETE FROM public.information_unit WHERE canonical_address LIKE 'ICX-CONST/%'",
    "UPDATE public.unit_version SET body = body || '.' WHERE title = 'Article 1. Name and seat'",
    "DELETE FROM public.unit_version WHERE title = 'Article 1. Name and seat'",
    `UPDATE public.unit_version SET version_no = 9, information_unit_id =
       (SELECT id FROM public.information_unit WHERE canonical_address = 'ICX-CONST/preamble')
     WHERE title = 'Notice of the first elections'`,
    "TRUNCATE public.unit_version",
    "TRUNCATE public.information_unit CASCADE",
  ];
  for (const attempt of attempts) {
    test(attempt, async () => {
      expect(failed(await owner.query(attempt)).facts.sqlstate).toBe("23001");
    });
  }

  test("drafts may still be removed by their owner", async () => {
    succeed(await owner.query("BEGIN"));
    const drafts = "information_unit_id IN (SELECT id FROM public.information_unit WHERE lifecycle_status = 'draft')";
    expect(succeed(await owner.query(`DELETE FROM public.unit_version WHERE ${drafts}`)).tag).not.toBe("DELETE 0");
    expect(
      succeed(await owner.query("DELETE FROM public.information_unit WHERE lifecycle_status = 'draft'")).tag,
    ).not.toBe("DELETE 0");
  });

  test("a version is not changed while its unit is being enacted by someone else", async () => {
    const id = (await create({ canonical_address: "RACE/2" })).information_unit_id ?? "";
    succeed(await executor.query("BEGIN"));
    await call("fn_iu_enact", { information_unit_id: id, actor: "mover" });
    const waiting = owner.query("UPDATE public.unit_version SET body = 'late' WHERE information_unit_id = $1", [id]);
    await somebodyWaits();
    succeed(await executor.query("COMMIT"));
    expect(failed(await waiting).facts.sqlstate).toBe("23001");
  });
});
