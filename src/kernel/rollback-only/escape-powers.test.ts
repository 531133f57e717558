/**
 * Tests of the powers by which SQL made at run time could reach outside: each by itself is named beside what every role
 * may do, for the role itself, for a role that it is a member of, and for an owner as whom something runs.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { psqlOn, stopTestServers, type TestDatabase, testMajor } from "../../../scripts/database/database.ts";
import { makeShop, sessionOn } from "../../../scripts/database/shop.ts";
import { Failure } from "../failure.ts";
import { scanEscapes } from "./escape-scan.ts";
import { parseScript } from "./script.ts";

const ROLES = ["power_plain", "power_middle", "power_super", "power_copying", "power_maker"];
const WORLD = `
${ROLES.map((role) => `DROP ROLE IF EXISTS ${role}; CREATE ROLE ${role} LOGIN;`).join("\n")}
ALTER ROLE power_super SUPERUSER; ALTER ROLE power_copying REPLICATION; ALTER ROLE power_maker CREATEROLE;
CREATE SCHEMA power; GRANT USAGE ON SCHEMA power TO PUBLIC;
CREATE FUNCTION power.builds(text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE $1; END $$;
CREATE FUNCTION power.as_super() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN EXECUTE 'x' || 1; END $$;
CREATE FUNCTION power.as_copying() RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN EXECUTE 'x' || 1; END $$;
ALTER FUNCTION power.as_super() OWNER TO power_super; ALTER FUNCTION power.as_copying() OWNER TO power_copying;
CREATE FUNCTION power.copies(text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  COPY (SELECT string_agg(a::text, ';') FROM power.t) TO'/x'; END $$;
CREATE TABLE power.t (a int);
CREATE FOREIGN DATA WRAPPER power_wrapper; CREATE SERVER power_server FOREIGN DATA WRAPPER power_wrapper;
CREATE FOREIGN TABLE power.away (a int) SERVER power_server;
`;

let shop: TestDatabase;

beforeAll(async () => {
  shop = await makeShop();
  shop.psql(WORLD);
});

afterAll(async () => {
  shop?.drop();
  // Roles belong to the cluster, which other tests use.
  if (shop !== undefined) psqlOn(shop.server, "postgres", ROLES.map((role) => `DROP ROLE ${role}`).join(";"));
  await stopTestServers();
});

/** What every role may do, and is refused for already. */
const COMMON = /(?:^|, )pg_cancel_backend\(\) and pg_terminate_backend\(\) on the sessions of .*$/;

/** What the scan says of a script for a role, and of its reach beyond what is common. */
async function scan(role: string, text: string): Promise<{ weights: string[]; reach: string }> {
  const session = await sessionOn(shop, role);
  const script = await parseScript(text);
  if (script instanceof Failure) throw new Error(script.message);
  const escapes = await scanEscapes(session, script, []);
  await session.close();
  if (escapes instanceof Failure) throw new Error(escapes.message);
  const reaches = escapes.map(({ description }) =>
    /could reach outside: (.*)$/.exec(description)?.[1]?.replace(COMMON, ""),
  );
  return {
    weights: escapes.map(({ weight, name }) => `${weight} ${name}`),
    reach: [...new Set(reaches.filter((reach) => reach !== undefined))].join(" | "),
  };
}

const BUILDS = "SELECT power.builds('SELECT 1')";
const refused = (reach: string) => ({ weights: ["refused dynamic-sql"], reach });
const COMMON_ONLY = refused("");

async function whileGranted<T>(grant: string, revoke: string, look: () => Promise<T>): Promise<T> {
  shop.psql(grant);
  try {
    return await look();
  } finally {
    shop.psql(revoke);
  }
}

test("a role without a power: refused for what every role may do, and for nothing else", async () => {
  expect(await scan("power_plain", BUILDS)).toEqual(COMMON_ONLY);
});

describe("a power of its own", () => {
  test("superuser, and REPLICATION", async () => {
    expect(await scan("power_super", BUILDS)).toEqual(refused("superuser power_super"));
    expect(await scan("power_copying", BUILDS)).toEqual(refused("REPLICATION of power_copying"));
  });

  test("CREATEROLE, which up to 15 makes members of any role", async () => {
    const found = await scan("power_maker", BUILDS);
    expect(found).toEqual(testMajor() < 16 ? refused("CREATEROLE of power_maker") : COMMON_ONLY);
  });

  test("EXECUTE on what escapes, a foreign table, a server with a mapping", async () => {
    const table = "SELECT ON power.away";
    expect(
      await whileGranted(`GRANT ${table} TO power_plain`, `REVOKE ${table} FROM power_plain`, () =>
        scan("power_plain", BUILDS),
      ),
    ).toEqual(refused("foreign table power.away"));
    const mapping = "power_plain SERVER power_server";
    const usage = "USAGE ON FOREIGN SERVER power_server";
    expect(
      await whileGranted(
        `CREATE USER MAPPING FOR ${mapping}; GRANT ${usage} TO power_plain`,
        `DROP USER MAPPING FOR ${mapping}; REVOKE ${usage} FROM power_plain`,
        () => scan("power_plain", BUILDS),
      ),
    ).toEqual(refused("foreign server power_server"));
    const execute = "EXECUTE ON FUNCTION pg_catalog.pg_reload_conf()";
    expect(
      await whileGranted(`GRANT ${execute} TO power_plain`, `REVOKE ${execute} FROM power_plain`, () =>
        scan("power_plain", BUILDS),
      ),
    ).toEqual(refused("EXECUTE on pg_catalog.pg_reload_conf"));
  });
});

describe("a power by membership, inherited or not, over one role or several", () => {
  const member = (of: string, look: () => Promise<unknown>, middle = "power_plain") =>
    whileGranted(`GRANT ${of} TO ${middle}`, `REVOKE ${of} FROM ${middle}`, look);

  test("of a superuser", async () => {
    const found = await member("power_super", () => scan("power_plain", BUILDS));
    expect(found).toEqual(refused("superuser power_super"));
    const files = await member("power_super", () => scan("power_plain", "SELECT power.copies('x')"));
    expect(files).toEqual({ weights: ["refused copy-file"], reach: "superuser power_super" });
    expect((await scan("power_plain", "SELECT power.copies('x')")).weights).toEqual([]);
  });

  test("of a superuser, NOINHERIT and by way of another role", async () => {
    shop.psql("ALTER ROLE power_plain NOINHERIT; ALTER ROLE power_middle NOINHERIT");
    const found = await member(
      "power_super",
      () => member("power_middle", () => scan("power_plain", BUILDS)),
      "power_middle",
    );
    shop.psql("ALTER ROLE power_plain INHERIT; ALTER ROLE power_middle INHERIT");
    expect(found).toEqual(refused("superuser power_super"));
  });

  test("of one with REPLICATION, and of the server's own roles", async () => {
    expect(await member("power_copying", () => scan("power_plain", BUILDS))).toEqual(
      refused("REPLICATION of power_copying"),
    );
    for (const role of ["pg_execute_server_program", "pg_write_server_files", "pg_signal_backend"]) {
      expect(await member(role, () => scan("power_plain", BUILDS))).toEqual(refused(role));
    }
    expect(await member("pg_monitor", () => scan("power_plain", BUILDS))).toEqual(COMMON_ONLY);
  });
});

describe("a power of an owner as whom something runs", () => {
  test("SECURITY DEFINER of a superuser, and of one with REPLICATION", async () => {
    expect(await scan("power_plain", "SELECT power.as_super()")).toEqual(refused("superuser power_super"));
    expect(await scan("power_plain", "SELECT power.as_copying()")).toEqual(refused("REPLICATION of power_copying"));
  });

  test("what it may through a role that it is a member of", async () => {
    shop.psql("ALTER FUNCTION power.as_super() OWNER TO power_middle; GRANT power_copying TO power_middle");
    const found = await scan("power_plain", "SELECT power.as_super()");
    shop.psql("ALTER FUNCTION power.as_super() OWNER TO power_super; REVOKE power_copying FROM power_middle");
    expect(found).toEqual(refused("REPLICATION of power_copying"));
  });
});
