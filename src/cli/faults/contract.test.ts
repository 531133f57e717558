/**
 * contract.test: a database that is not as the write needs it: a function gone or changed, a table missing, a reach
 * outside the transaction. Told by name; nothing stays.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createDatabase } from "../../../scripts/database/database.ts";
import { cutter, folderWith } from "../../../scripts/faults/program.ts";
import { type Refusal, refusal } from "../../../scripts/faults/refusal.ts";
import { anyServer, makeStock, OWNER, type Stock } from "../../../scripts/faults/stock.ts";

const FILES = {
  "missing-table.sql": "INSERT INTO public.stock VALUES (11, 11);\nINSERT INTO public.stocks VALUES (12, 12);\n",
  "dblink.sql": "SELECT dblink_exec('dbname=postgres', 'CREATE TABLE leaked ()');\n",
  "copy-program.sql": "COPY public.stock TO PROGRAM 'touch /tmp/leaked';\n",
  "close-all.sql": "CLOSE ALL;\nINSERT INTO public.stock VALUES (11, 11);\n",
  "forbidden.sql": "INSERT INTO public.secret VALUES (1);\n",
  "bounds.toml":
    'statements = ["INSERT INTO public.stock VALUES (11, 11)"]\n[[declare]]\nrelation = "public.stock"\ninserted = 2\n',
  "undeclared.toml": 'statements = ["DELETE FROM public.stock WHERE id = 1"]\n',
  "wrong-role.toml": 'role = "somebody_else"\nstatements = ["SELECT 1"]\n',
};

let files: string;
let stock: Stock;
let state: string;
beforeAll(async () => {
  files = folderWith(FILES);
  stock = await makeStock(await anyServer());
  stock.psql("CREATE TABLE public.secret (id int)");
  state = stock.state();
});
afterAll(async () => {
  rmSync(files, { recursive: true });
  await stock.gone(1000);
  expect(stock.state()).toBe(state);
  stock.drop();
});

const SCRIPTS: readonly (readonly [flag: string, file: string, exit: number, code: string, says: RegExp])[] = [
  ["--sql", "missing-table.sql", 3, "STATEMENT_FAILED", /line 2.*stocks.*42P01/],
  ["--sql", "forbidden.sql", 3, "STATEMENT_FAILED", /line 1.*secret.*42501/],
  ["--sql", "dblink.sql", 4, "SCRIPT_ESCAPES", /dblink_exec.*--allow-escape dblink/s],
  ["--sql", "copy-program.sql", 4, "SCRIPT_ESCAPES", /PROGRAM.*--allow-escape/s],
  ["--spec", "bounds.toml", 3, "NOT_PROVEN", /PROOF-5.*public\.stock: rows inserted: expected 2, seen 1/],
  ["--spec", "undeclared.toml", 3, "NOT_PROVEN", /PROOF-5.*public\.stock.*not declared/],
  ["--spec", "wrong-role.toml", 3, "NOT_PROVEN", /PROOF-3.*role: expected somebody_else, seen fault_owner/],
];

describe("scripts", () => {
  for (const [flag, file, exit, code, says] of SCRIPTS) {
    test.concurrent(`${file} is refused with ${code}`, async () => {
      const told = await refusal(["proof", "rollback", "--url", stock.url(OWNER), flag, join(files, file)]);
      expect({ exit: told.exit, code: told.code }).toEqual({ exit, code });
      expect(`${told.message}\n${told.hint}`).toMatch(says);
    });
  }
});

test("CLOSE ALL has nothing to close, and is rolled back with the rest", async () => {
  const ended = await cutter(["proof", "rollback", "--url", stock.url(OWNER), "--sql", join(files, "close-all.sql")]);
  expect(ended.code).toBe(0);
  expect(ended.stdout).toMatch(/public\.stock +1 +0 +0/);
});

/** Breaks a copy of the reference database and answers what the battery says of it. */
async function broken(sql: string): Promise<Refusal> {
  const database = await createDatabase(await anyServer(), { template: "reference" });
  database.psql(sql);
  const told = await refusal(["proof", "rollback", "--target", "iu", "--url", database.url("cutter_exec")]);
  database.drop();
  return told;
}

const CREATE = "public.fn_iu_create";
const CHANGES: readonly (readonly [what: string, sql: string, code: string, says: RegExp])[] = [
  ["the function is gone", `DROP FUNCTION ${CREATE}`, "NOT_PROVEN", /fn_iu_create: expected .*, seen missing/],
  [
    "its arguments are others",
    `DROP FUNCTION ${CREATE}; CREATE FUNCTION ${CREATE}(a int) RETURNS jsonb LANGUAGE sql AS 'SELECT null::jsonb'`,
    "NOT_PROVEN",
    /fn_iu_create/,
  ],
  [
    "the role may not call it",
    `REVOKE ALL ON FUNCTION ${CREATE} FROM cutter_exec, PUBLIC`,
    "PERMISSION_DENIED",
    /42501.*fn_iu_create/,
  ],
  [
    "the table of units is gone",
    "DROP TABLE public.information_unit CASCADE",
    "OBJECT_MISSING",
    /42P01.*information_unit/,
  ],
];

describe("--target iu", () => {
  for (const [what, sql, code, says] of CHANGES) {
    test(what, async () => {
      const told = await broken(sql);
      expect({ exit: told.exit, code: told.code }).toEqual({ exit: code === "NOT_PROVEN" ? 3 : 5, code });
      expect(told.message).toMatch(says);
    });
  }

  test("there is no contract at all", async () => {
    const told = await refusal(["proof", "rollback", "--target", "iu", "--url", stock.url(OWNER)]);
    expect(told).toMatchObject({ exit: 3, code: "NOT_PROVEN" });
  });
});
