/**
 * secrets.test: a password that is right is used and shown nowhere: not in outputs, evidence, argv or a child.
 *
 * Each run's output and evidence are searched by scripts/faults/program.ts; here the ways in, and the process itself.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TEST_PASSWORD } from "../../../scripts/database/server.ts";
import {
  cutter,
  type Ended,
  expectNoSecret,
  folderWith,
  type Setting,
  startCutter,
} from "../../../scripts/faults/program.ts";
import { anyServer, makeStock, OWNER, type Stock } from "../../../scripts/faults/stock.ts";

let stock: Stock;
let files: string;
let named: Record<string, string>;
beforeAll(async () => {
  stock = await makeStock(await anyServer());
  const { port } = stock.server;
  named = { PGHOST: "127.0.0.1", PGPORT: `${port}`, PGUSER: OWNER, PGDATABASE: stock.name };
  const login = `host=127.0.0.1\nport=${port}\nuser=${OWNER}\ndbname=${stock.name}\npassword=${TEST_PASSWORD}\n`;
  files = folderWith({
    pgpass: `*:*:*:*:${TEST_PASSWORD}\n`,
    service: `[stock]\n${login}`,
    env: `export DB_PASS='${TEST_PASSWORD}' # the password\n`,
    "config.toml": `[connections.exec]\nurl = "${stock.url(OWNER)}"\n`,
    "quotes.sql": `SELECT '${TEST_PASSWORD}'; SELECT '${TEST_PASSWORD}'::int;`,
    "alter.sql": `DO $$ BEGIN RAISE 'the password is %', '${TEST_PASSWORD}'; END $$;`,
    "sleep.sql": "SELECT pg_sleep(30);",
  });
  for (const name of readdirSync(files)) chmodSync(join(files, name), 0o600);
});
afterAll(async () => {
  rmSync(files, { recursive: true });
  await stock.gone(1000);
  stock.drop();
});

const run = (argv: readonly string[], setting: Setting = {}): Promise<Ended> => {
  return cutter(["proof", "rollback", "--verbose", "--target", "generic", ...argv], setting);
};

test("the search finds a password, as it is and encoded", () => {
  for (const form of [
    TEST_PASSWORD,
    Buffer.from(`x:${TEST_PASSWORD}`).toString("base64"),
    TEST_PASSWORD.slice(0, -1),
  ]) {
    expect(() => expectNoSecret({ stdout: `… ${form} …` })).toThrow("a password stands in stdout");
  }
});

test("every way in works, and --verbose shows none of it", async () => {
  const ended = [
    await run(["--url", stock.url(OWNER)]),
    await run([], { environment: { DATABASE_URL: stock.url(OWNER) } }),
    await run([], { environment: { ...named, PGPASSWORD: TEST_PASSWORD } }),
    await run([], { environment: { ...named, PGPASSFILE: join(files, "pgpass") } }),
    await run(["--service", "stock"], { environment: { PGSERVICEFILE: join(files, "service") } }),
    await run(["--env-file", join(files, "env"), "--env-map", "PGPASSWORD=DB_PASS"], { environment: named }),
    await run(["--config", join(files, "config.toml")]),
    await run(["--url", stock.socketUrl(OWNER), "--witness-url", stock.url(OWNER)]),
    await run(["--url", stock.url(OWNER), "--format", "junit"]),
    await run(["--url", stock.url(OWNER), "--format", "markdown"]),
  ];
  expect(ended.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual(ended.map(() => 0));
});

test("a script that quotes it, and a server that quotes it back", async () => {
  for (const file of ["quotes.sql", "alter.sql"]) {
    for (const format of ["text", "json", "junit", "tap", "markdown", "html"]) {
      const argv = ["proof", "rollback", "--verbose", "--url", stock.url(OWNER), "--sql", join(files, file)];
      expect((await cutter([...argv, "--format", format])).code).toBe(3);
    }
  }
});

test("a mistyped option does not show what was typed for it", async () => {
  for (const argv of [[`--ulr=${stock.url(OWNER)}`], ["--url", stock.url(OWNER), stock.url(OWNER)]]) {
    expect((await cutter(["proof", "rollback", ...argv])).code).toBe(2);
  }
});

test("the process has no child, and says nothing of the password in its title or application_name", async () => {
  const program = startCutter(["proof", "rollback", "--sql", join(files, "sleep.sql")], {
    environment: { ...named, PGPASSFILE: join(files, "pgpass") },
  });
  await stock.seen("wait_event = 'PgSleep'");
  const of = (name: string): string => readFileSync(`/proc/${program.pid}/${name}`, "utf8");
  expect(of(`task/${program.pid}/children`)).toBe("");
  expectNoSecret({ argv: of("cmdline"), environment: of("environ"), backends: stock.backends() });
  program.kill("SIGTERM");
  expect((await program.ended).code).toBe(143);
});
