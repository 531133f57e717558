/** Tests of what a handler swallows: rows that were counted by a file that is gone again are not called none. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { stopTestServers, type TestDatabase } from "../../../scripts/database/database.ts";
import { makeShop, sealed, sessionOn } from "../../../scripts/database/shop.ts";
import type { Session } from "../session/session.ts";
import { EVERY_OTHER_RELATION } from "./effects.ts";

let shop: TestDatabase;
let owner: Session;

beforeAll(async () => {
  shop = await makeShop();
  shop.psql(`SET ROLE shop_owner;
    CREATE FUNCTION shop.empty_it() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
      BEGIN TRUNCATE shop.audit; RAISE 'x'; EXCEPTION WHEN OTHERS THEN NULL; END; END $$`);
  owner = await sessionOn(shop, "shop_owner");
});

afterAll(async () => {
  await owner?.close();
  shop?.drop();
  await stopTestServers();
});

const swallowed = (work: string): string =>
  `DO $$ BEGIN BEGIN ${work} RAISE 'x'; EXCEPTION WHEN OTHERS THEN NULL; END; END $$`;
const FILLED = "TRUNCATE shop.audit; INSERT INTO shop.audit SELECT 'q' FROM generate_series(1, 5000);";
const NOT_KNOWN = `${EVERY_OTHER_RELATION} uncountable`;

async function radius(text: string): Promise<string[]> {
  const { effects } = await sealed(owner, text);
  return effects.relations.map(({ relation, inserted }) => `${relation} ${inserted}`);
}

describe("a TRUNCATE that a handler swallowed takes the count of the rows with it", () => {
  test("in the script", async () => {
    expect(await radius(swallowed(FILLED))).toEqual([NOT_KNOWN]);
  });

  test("in a function that it calls", async () => {
    expect(await radius("SELECT shop.empty_it()")).toEqual([NOT_KNOWN]);
  });

  test("beside DDL that is named", async () => {
    const seen = await radius(`CREATE TABLE shop.made (word text); ${swallowed(FILLED)}`);
    expect(seen).toEqual([NOT_KNOWN]);
  });

  test("in words", async () => {
    const { effects } = await sealed(owner, swallowed(FILLED));
    expect(effects.relations[0]?.reason).toBe(
      "an error handler may have swallowed a TRUNCATE, which takes the count of rows with it",
    );
  });
});

describe("and what is no doubt", () => {
  const calm: [what: string, text: string, relations: string[]][] = [
    ["rows that a handler swallowed", swallowed("INSERT INTO shop.audit VALUES ('a');"), ["shop.audit 1"]],
    [
      "a handler beside DDL that is named",
      `DO $$ BEGIN CREATE TYPE shop.mood AS ENUM ('low'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
      CREATE TABLE shop.made (word text); ALTER TABLE shop.made ADD mood shop.mood; INSERT INTO shop.made VALUES ('a')`,
      ["shop.made 1"],
    ],
    [
      "a handler beside a temporary table",
      `CREATE TEMPORARY TABLE fix (word text); ${swallowed("INSERT INTO shop.audit VALUES ('a');")}`,
      ["shop.audit 1"],
    ],
    [
      "a composite type that was there already",
      `CREATE TYPE shop.pair AS (a int);
      DO $$ BEGIN CREATE TYPE shop.pair AS (a int); EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
      [],
    ],
  ];
  for (const [what, text, relations] of calm) {
    test(what, async () => {
      expect(await radius(text)).toEqual(relations);
    });
  }
});
