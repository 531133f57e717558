/**
 * A corpus of hostile scripts: each is refused with a reason or sealed, and the cluster is the same as before.
 *
 * The first line of each script says what is expected for the owner of the schema; the same scripts run as a role with
 * few rights and as a superuser, where only `-- superuser:` lines and the fingerprint are held against them.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { psqlOn, testMajor } from "../../../scripts/database/database.ts";
import { type OwnServer, startServer } from "../../../scripts/database/server.ts";

import { clusterFingerprint, type Fingerprint } from "../../../scripts/fingerprint.ts";
import { resolveTarget } from "../conninfo/resolve.ts";
import { defaultCountOptions } from "../counts/request.ts";
import { Failure } from "../failure.ts";
import { openSession } from "../session/open.ts";
import { scanEscapes } from "./escape-scan.ts";
import type { NetCountOptions } from "./net-counts.ts";
import { parseScript } from "./script.ts";
import { runSealed } from "./sealed.ts";

const FOLDER = join(import.meta.dirname, "hostile");
const DATABASE = "hostile";

/** Counted inside, after whatever the script has done to be in the way. */
const NET_COUNTS: NetCountOptions = {
  requests: [{ relation: "world.audit", filter: null, unless: null }],
  counts: defaultCountOptions,
};

type Hostile = {
  readonly name: string;
  readonly text: string;
  readonly expected: string;
  readonly asSuperuser: string | null;
  readonly timeoutMs: number | undefined;
};

const corpus: readonly Hostile[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".sql") && file !== "world.sql")
  .sort()
  .map((file) => {
    const text = readFileSync(join(FOLDER, file), "utf8");
    const header = (word: string): string | null => new RegExp(`^-- ${word}: (.+)$`, "m").exec(text)?.[1] ?? null;
    const timeout = header("timeout");
    return {
      name: file.replace(".sql", ""),
      text,
      expected: header("expect") ?? "no expectation",
      asSuperuser: header("superuser"),
      timeoutMs: timeout === null ? undefined : Number(timeout),
    };
  });

let server: OwnServer;
let before: Fingerprint;

beforeAll(async () => {
  server = await startServer(testMajor(), { settings: ["max_prepared_transactions = 5", "wal_level = logical"] });
  psqlOn(server, "postgres", `CREATE DATABASE ${DATABASE} TEMPLATE template0`);
  psqlOn(server, DATABASE, readFileSync(join(FOLDER, "world.sql"), "utf8"));
  before = clusterFingerprint(server, DATABASE);
});

afterAll(async () => {
  await server?.stop();
});

/** `sealed`, or `refused CODE`, with the reason. */
async function judge(hostile: Hostile, role: string): Promise<{ verdict: string; reason: string }> {
  const refused = (failure: Failure) => ({ verdict: `refused ${failure.code}`, reason: failure.message });
  const script = await parseScript(hostile.text);
  if (script instanceof Failure) return refused(script);
  const host = encodeURIComponent(server.socketDirectory);
  const url = `postgres://${role}@${host}:${server.port}/${DATABASE}`;
  const target = await resolveTarget({ url, environment: {} });
  if (target instanceof Failure) throw new Error(target.message);
  const session = await openSession(target, { label: "proof" });
  if (session instanceof Failure) throw new Error(session.message);
  try {
    const escapes = await scanEscapes(session, script, []);
    if (escapes instanceof Failure) return refused(escapes);
    const fatal = escapes.filter((found) => found.weight === "refused");
    if (fatal.length > 0)
      return { verdict: "refused SCRIPT_ESCAPES", reason: fatal.map((one) => one.description).join() };
    const timeouts = hostile.timeoutMs === undefined ? {} : { statementTimeoutMs: hostile.timeoutMs };
    const result = await runSealed(session, { script, ...timeouts, netCounts: NET_COUNTS });
    if (result instanceof Failure) return refused(result);
    expect(result.netCounts?.filter((one) => one !== null && one.rows === null && one.note === null)).toEqual([]);
    return { verdict: result.tier, reason: `${result.statements.length} statements` };
  } finally {
    await session.close();
  }
}

describe("a hostile script is refused with a reason or sealed", () => {
  test("the corpus is as large as promised", () => {
    expect(corpus.length).toBeGreaterThanOrEqual(60);
  });

  for (const hostile of corpus) {
    test(`${hostile.name}, as the owner`, async () => {
      const { verdict, reason } = await judge(hostile, "hostile_owner");
      expect({ verdict, reason }).toEqual({ verdict: hostile.expected, reason: expect.stringMatching(/\w{3}/) });
    }, 20_000);
  }

  test("nothing of the cluster has changed", () => {
    expect(clusterFingerprint(server, DATABASE)).toEqual(before);
    expect(existsSync("/tmp/leak")).toBe(false);
  });
});

/** What the parser refuses is refused for every role. */
const UNPARSED = /^transaction-|SCRIPT_UNPARSABLE/;

for (const role of ["hostile_guest", "postgres"]) {
  test(`the corpus as ${role} leaks nothing`, async () => {
    for (const hostile of corpus.filter(({ name, expected }) => !UNPARSED.test(`${name} ${expected}`))) {
      if (hostile.timeoutMs !== undefined) continue;
      const { verdict, reason } = await judge(hostile, role);
      const got = `${hostile.name}: ${verdict}`;
      expect(got).toMatch(/: (sealed|refused [A-Z_]+)$/);
      expect(got).not.toMatch(/GUARD_BROKEN|SESSION_/);
      expect(reason).toMatch(/\w{3}/);
      if (role === "postgres" && hostile.asSuperuser !== null)
        expect(got).toBe(`${hostile.name}: ${hostile.asSuperuser}`);
    }
    expect(clusterFingerprint(server, DATABASE)).toEqual(before);
    expect(existsSync("/tmp/leak")).toBe(false);
  }, 60_000);
}

test("the fingerprint sees a row, a role, a setting and a large object", () => {
  let healthy = before;
  for (const leak of [
    "INSERT INTO world.audit (what) VALUES ('leak')",
    "CREATE ROLE leak",
    "ALTER ROLE hostile_guest SET work_mem = '1GB'",
    "SELECT lo_put(4242, 0, 'leak')",
  ]) {
    psqlOn(server, DATABASE, leak);
    const changed = clusterFingerprint(server, DATABASE);
    expect(changed).not.toEqual(healthy);
    healthy = changed;
  }
});
