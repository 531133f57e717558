import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { redact } from "../evidence/redaction.ts";
import { Failure } from "../failure.ts";
import { childEnvironment } from "./child-environment.ts";
import { describeTarget } from "./describe.ts";
import { resolveTarget } from "./resolve.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "cutter-secrets-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** All that anybody could print of a failure. */
function shown(failure: Failure): string {
  return JSON.stringify([failure.message, failure.hint, failure.data, failure.facts, `${failure.cause}`]);
}

test("a mistyped password is in no part of the refusal, wherever the parser thinks it is", async () => {
  const mistyped = [
    ...["@", "/", "%", " ", "@@", "/@", "%00"].map((sign) => `postgres://u:qzA1${sign}qzB2@host/db`),
    "postgres://u:qzA1/qzB2",
    "postgres://u:qzA1@host:qzB2/db",
    "postgres://host?password=qzA1@qzB2",
    "postgres://host/db?password=qzA1&qzB2",
    "postgres://host/db?password=qzA1&qzB2=1",
    "postgres://host/db?password=qzA1=qzB2",
    "postgres://host/db?sslpassword=qzA1",
    "postgres://host/db?oauth_client_secret=qzA1",
    "postgres://[qzA1/qzB2",
    "postgres://u:qzA1:qzB2:3",
    "password=qzA1 qzB2",
    "password=qzA1 qzB2=",
    "password='qzA1 qzB2",
    "password='qzA1'qzB2'",
    "host=h sslpassword=qzA1",
    "host=h password=qzA1 port=qzB2",
    "mysql://u:qzA1@h/db",
    "postgres//u:qzA1@h/db",
    "qzA1",
  ];
  for (const url of mistyped) {
    const target = await resolveTarget({ url, environment: {}, homeDirectory: home });
    const text = target instanceof Failure ? shown(target) : "was accepted";
    expect({ url, refused: target instanceof Failure, leaks: text.includes("qz") }).toEqual({
      url,
      refused: true,
      leaks: false,
    });
  }
});

test("a URL in PGDATABASE is refused without being shown", async () => {
  const target = await resolveTarget({ environment: { PGDATABASE: "postgres://u:qzA1@h/db" }, homeDirectory: home });
  if (!(target instanceof Failure)) throw new Error("was accepted");
  expect(target.code).toBe("CONNINFO_INVALID");
  expect(shown(target)).not.toContain("qz");
});

test("a broken line in a file with secrets is named by number only", async () => {
  const file = join(home, "services");
  for (const line of ["passwrod qzA1", "password : qzA1", "qzA1 = x", "ldap://qzA1"]) {
    writeFileSync(file, `[s]\n${line}\n`);
    const environment = { PGSERVICE: "s", PGSERVICEFILE: file };
    const target = await resolveTarget({ environment, homeDirectory: home });
    if (!(target instanceof Failure)) throw new Error(`${line} was accepted`);
    expect(target.message).toContain("line 2");
    expect(shown(target)).not.toContain("qz");
  }
});

test("a password is a registered secret from each place that can hold one, and in no description", async () => {
  writeFileSync(join(home, "services"), "[s]\nhost=h\npassword=canary-service\n");
  writeFileSync(join(home, "app.env"), "PASS=canary-envfile\nURL=postgres://u:canary-mapped@h/d\n");
  writeFileSync(join(home, ".pgpass"), "*:*:*:*:canary\\:pgpass\n", { mode: 0o600 });
  const app = (map: Record<string, string>) => ({ path: join(home, "app.env"), map });
  const inputs = {
    "canary/url": { url: "postgres://u:canary%2Furl@h/d", environment: {} },
    "canary-parameter": { url: "postgres://h/d?password=canary-parameter", environment: {} },
    "canary keyword": { url: "host=h password='canary keyword'", environment: {} },
    "canary-pgpassword": { environment: { PGHOST: "h", PGPASSWORD: "canary-pgpassword" } },
    "canary-service": { environment: { PGSERVICE: "s", PGSERVICEFILE: join(home, "services") } },
    "canary:pgpass": { environment: { PGHOST: "h" } },
    "canary-envfile": { environment: { PGHOST: "h" }, envFile: app({ PGPASSWORD: "PASS" }) },
    "canary-mapped": { environment: {}, envFile: app({ DATABASE_URL: "URL" }) },
  };
  for (const [secret, input] of Object.entries(inputs)) {
    expect(redact(`before ${secret} after`)).toContain(secret);
    const target = await resolveTarget({ homeDirectory: home, ...input });
    if (target instanceof Failure || target.kind === "embedded") throw new Error(`${secret} was not resolved`);
    expect({ secret, got: target.hosts[0]?.password }).toEqual({ secret, got: secret });
    expect(redact(`before ${secret} after`)).toBe("before [redacted] after");
    expect(describeTarget(target)).not.toContain(secret);
    expect(childEnvironment(target, {}).PGPASSWORD).toBe(secret);
  }
});
