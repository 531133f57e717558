/**
 * Tests of what is read of roles and made of it again, on each version: taken away and made, it is read as before. And
 * which of it is not made: whatever nobody thought of, too.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createDatabase, type TestDatabase, testMajor, testServer } from "../../../scripts/database/database.ts";
import { openRoleSession, succeed } from "../../../scripts/database/target.ts";
import type { Session } from "../../kernel/session/session.ts";
import { makeMemberships, makeSettings } from "../roles-made.ts";
import { whyNotMember, whyNotSet } from "./copied.ts";
import { type Membership, readMemberships, readSettings, type Setting } from "./foreign-roles.ts";

let database: TestDatabase;
let session: Session;
beforeAll(async () => {
  database = await createDatabase(await testServer(), { template: "empty" });
  session = await openRoleSession(database);
});
afterAll(async () => {
  await session.close();
  database.drop();
});

/** Of whom nothing is ever committed. */
const ROLES = ["copied_a", 'copied "B"', "copied_c"];
const HAS_OPTIONS = testMajor() >= 16;

async function after<T>(statements: readonly string[], look: () => Promise<T>): Promise<T> {
  for (const statement of ["BEGIN", ...ROLES.map((role) => `CREATE ROLE ${quoted(role)}`), ...statements]) {
    succeed(await session.query(statement));
  }
  const found = await look();
  succeed(await session.query("ROLLBACK"));
  return found;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function memberships(): Promise<readonly Membership[]> {
  return succeed(await readMemberships(session)).filter(({ member }) => ROLES.includes(member));
}

async function settings(): Promise<readonly Setting[]> {
  return succeed(await readSettings(session)).filter(({ role }) => ROLES.includes(role));
}

test("memberships, with their options, are made as they were", async () => {
  const options = HAS_OPTIONS ? " WITH ADMIN FALSE, INHERIT FALSE, SET FALSE" : "";
  const grants = [
    ["pg_read_all_data", "copied_a", " WITH ADMIN OPTION"],
    ["copied_a", 'copied "B"', options],
    ["pg_monitor", "copied_c", ""],
  ] as const;
  const granted = grants.map(([parent, member, words]) => `GRANT ${parent} TO ${quoted(member)}${words}`);
  const [before, none, made, again] = await after(["ALTER ROLE copied_c NOINHERIT", ...granted], async () => {
    const seen = await memberships();
    for (const [parent, member] of grants) succeed(await session.query(`REVOKE ${parent} FROM ${quoted(member)}`));
    return [seen, await memberships(), succeed(await makeMemberships(session, seen)), await memberships()] as const;
  });
  expect([before.length, none, made.leftOut, again]).toEqual([3, [], [], before]);
  const [first] = before.filter(({ member }) => member === 'copied "B"');
  expect([first?.administers, first?.inherits, first?.maySet]).toEqual([
    false,
    ...(HAS_OPTIONS ? [false, false] : [null, null]),
  ]);
});

if (HAS_OPTIONS) {
  test("what the creation of a role gave is not added to what was granted besides", async () => {
    const found = await after(
      [
        ...["ALTER ROLE copied_a CREATEROLE", "GRANT copied_c TO copied_a WITH ADMIN TRUE, INHERIT FALSE, SET FALSE"],
        ...["GRANT pg_monitor TO copied_a", "SET LOCAL ROLE copied_a", "GRANT copied_c TO copied_a", "RESET ROLE"],
      ],
      memberships,
    );
    expect(found.map(({ parent, administers, maySet }) => [parent, administers, maySet])).toEqual([
      ...[
        ["copied_c", false, true],
        ["pg_monitor", false, true],
      ],
    ]);
  });
}

test("settings are made as they were, lists and odd values too", async () => {
  const path = `'$user', 'a "b''c', "Two Words", public`;
  const set = (role: string, what: string) => `ALTER ROLE ${quoted(role)} SET ${what}`;
  const [before, none, made, again] = await after(
    [
      ...[set("copied_a", `search_path = ${path}`), set('copied "B"', "search_path = ''")],
      ...[set("copied_a", "DateStyle = 'ISO, DMY'"), set("copied_a", `app.word = E'it''s \\\\ "so" = x'`)],
      ...[set("copied_c", "session_replication_role = replica"), set("copied_c", "default_transaction_read_only = on")],
    ],
    async () => {
      const seen = await settings();
      for (const role of ROLES) succeed(await session.query(`ALTER ROLE ${quoted(role)} RESET ALL`));
      return [seen, await settings(), succeed(await makeSettings(session, seen)), await settings()] as const;
    },
  );
  expect([before.length, none, made.leftOut, again]).toEqual([6, [], [], before]);
});

test("roles that reach files, programs or other servers are given to nobody; nor is one that is not known here", () => {
  const whyNot = (parent: string, member: string) => whyNotMember({ parent, member } as Membership) !== null;
  const dangerous = ["pg_execute_server_program", "pg_write_server_files", "pg_read_server_files"];
  for (const role of [...dangerous, "pg_create_subscription", "pg_of_tomorrow"]) {
    expect([role, whyNot(role, "somebody"), whyNot("somebody", role)]).toEqual([role, true, true]);
  }
  expect([whyNot("pg_read_all_data", "somebody"), whyNot("cutter_exec", "pg_monitor")]).toEqual([false, false]);
});

test.each([
  ...[
    "session_preload_libraries",
    "local_preload_libraries",
    "dynamic_library_path",
    "log_statement",
    "log_of_tomorrow",
  ],
  ...["zero_damaged_pages", "allow_system_table_mods", "auto_explain.log_min_duration", "plperl.on_plperl_init"],
  ...["password_encryption", "application_name", "session_authorization", "lc_messages", "post_auth_delay"],
  ...["debug_print_plan", "trace_sort"],
])("%s is given to nobody, as this server knows it", async (name) => {
  const reply = succeed(await session.query("SELECT context FROM pg_settings WHERE name = $1", [name]));
  const context = reply.rows[0]?.context ?? null;
  expect(whyNotSet({ role: "cutter_exec", name, context } as Setting)).not.toBe(null);
});

test.each([
  ...["default_transaction_read_only", "default_transaction_isolation", "statement_timeout", "search_path", "role"],
  ...[
    "lock_timeout",
    "session_replication_role",
    "row_security",
    "plpgsql.variable_conflict",
    "app.tenant",
    "DateStyle",
  ],
])("%s is given to a role, as this server knows it, but not to the sandbox's own superuser", async (name) => {
  const reply = succeed(await session.query("SELECT context FROM pg_settings WHERE name = $1", [name]));
  const context = reply.rows[0]?.context ?? null;
  expect(whyNotSet({ role: "cutter_exec", name, context } as Setting)).toBe(null);
  expect(whyNotSet({ role: "postgres", name, context } as Setting)).toContain("a superuser of its own");
});
