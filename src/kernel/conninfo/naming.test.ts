import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { NAMING_VARIABLES } from "./keyword-table.ts";
import { type ResolveInput, resolveTarget } from "./resolve.ts";
import type { ServerTarget } from "./target.ts";

let home: string;
let envPath: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "cutter-naming-"));
  envPath = join(home, "app.env");
  writeFileSync(envPath, "APP_HOST=from-env-file\nAPP_PASS='pa#ss word'\nAPP_URL=postgres://u@from-env-url/db\n");
  writeFileSync(join(home, ".pg_service.conf"), "[s]\nhost=from-service\npassword=of-service\n[t]\nhost=from-t\n");
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function resolve(input: Partial<ResolveInput>): Promise<ServerTarget | Failure> {
  const target = await resolveTarget({ homeDirectory: home, environment: {}, ...input });
  if (!(target instanceof Failure) && target.kind === "embedded") throw new Error("not asked for");
  return target;
}

async function resolved(input: Partial<ResolveInput>): Promise<ServerTarget> {
  const target = await resolve(input);
  if (target instanceof Failure) throw new Error(`${target.code}: ${target.message}`);
  return target;
}

async function refused(input: Partial<ResolveInput>): Promise<Failure> {
  const target = await resolve(input);
  if (!(target instanceof Failure)) throw new Error(`resolved to ${JSON.stringify(target)}`);
  return target;
}

test("with nothing named there is no connection, and the message names both choices", async () => {
  const failure = await refused({});
  expect({ code: failure.code, exit: failure.exitCode }).toEqual({ code: "NO_DATABASE_NAMED", exit: 2 });
  expect(failure.message).toContain("--url ");
  expect(failure.message).toContain("--embedded");
});

test("a role, password, port, TLS mode or empty variable left in a profile names nothing", async () => {
  const environment = { PGUSER: "u", PGPASSWORD: "left-over", PGPORT: "1", PGSSLMODE: "require", PGHOST: "" };
  const failure = await refused({ environment: { ...environment, DATABASE_URL: "" } });
  expect(failure.code).toBe("NO_DATABASE_NAMED");
  expect(failure.message).toContain("PGPORT and PGUSER and PGPASSWORD alone do not name one");
});

test("each naming variable is enough by itself, and is said to be the source", async () => {
  const values = { PGSERVICE: "s", PGHOST: "h", PGHOSTADDR: "10.0.0.1", PGDATABASE: "d" };
  for (const variable of NAMING_VARIABLES) {
    expect((await resolved({ environment: { [variable]: values[variable] } })).source).toBe(variable);
  }
});

test("what was typed beats what lies around, one step after the other", async () => {
  const all = {
    url: "postgres://from-url/db",
    service: "s",
    envFile: { path: envPath, map: { PGHOST: "APP_HOST" } },
    configured: { url: "postgres://from-configuration/db" },
    environment: { DATABASE_URL: "postgres://from-database-url/db", PGHOST: "from-pghost" },
  };
  const { url: _url, ...noUrl } = all;
  const { service: _service, ...noService } = all;
  const seen: string[][] = [];
  const note = async (input: Partial<ResolveInput>): Promise<void> => {
    const { hosts, source } = await resolved(input);
    seen.push([hosts[0]?.host ?? "", source]);
  };
  await note({ ...noService, envFile: all.envFile });
  await note(noUrl);
  const { envFile: _envFile, ...rest } = all;
  await note({ envFile: all.envFile, environment: all.environment, configured: all.configured });
  await note({ environment: rest.environment, configured: rest.configured });
  await note({ environment: { PGHOST: "from-pghost" }, configured: rest.configured });
  await note({ environment: { PGHOST: "from-pghost" } });
  expect(seen).toEqual([
    ["from-url", "--url"],
    // A value that was mapped stands above the service file, for it was typed too.
    ["from-env-file", "--service s"],
    ["from-env-file", `--env-file ${envPath}`],
    ["from-database-url", "DATABASE_URL"],
    ["from-configuration", "configuration"],
    ["from-pghost", "PGHOST"],
  ]);
});

test("two names for one database are a usage failure, never a choice of ours", async () => {
  const url = "postgres://h/d";
  const envFile = { path: envPath, map: { PGPASSWORD: "APP_PASS" } };
  for (const input of [
    { url, service: "s" },
    { url, embedded: true },
    { service: "s", embedded: true },
  ] as const) {
    expect((await refused(input)).code).toBe("USAGE");
  }
  expect((await refused({ embedded: true, envFile })).code).toBe("USAGE");
  const failure = await refused({ url, urlOption: "--witness-url", service: "s" });
  expect(failure.message).toBe("--witness-url and --service each say which database; give one of them.");
});

test("--embedded stays embedded whatever the environment says", async () => {
  const target = await resolveTarget({ embedded: true, environment: { PGHOST: "h", DATABASE_URL: "nonsense" } });
  expect(target).toEqual({ kind: "embedded", source: "--embedded" });
});

test("a service left in the environment cannot take over from an env file that names the host", async () => {
  const envFile = { path: envPath, map: { PGHOST: "APP_HOST" } };
  const target = await resolved({ envFile, environment: { PGSERVICE: "s" } });
  expect(target.hosts.map(({ host, password }) => ({ host, password }))).toEqual([
    { host: "from-env-file", password: "of-service" },
  ]);
});

test("a password from an env file completes any name, and beats one that lies around", async () => {
  const envFile = { path: envPath, map: { PGPASSWORD: "APP_PASS" } };
  const password = async (input: Partial<ResolveInput>): Promise<string | null | undefined> =>
    (await resolved({ envFile, ...input })).hosts[0]?.password;
  expect(await password({ url: "postgres://h/d" })).toBe("pa#ss word");
  expect(await password({ url: "postgres://u:typed@h/d" })).toBe("typed");
  expect(await password({ environment: { DATABASE_URL: "postgres://u:around@h/d" } })).toBe("pa#ss word");
  expect(await password({ environment: { PGHOST: "h", PGPASSWORD: "around" } })).toBe("pa#ss word");
  expect(await password({ environment: { PGSERVICE: "s" } })).toBe("pa#ss word");
});

test("the configuration names a database by URL, service or env file", async () => {
  const host = async (configured: NonNullable<ResolveInput["configured"]>): Promise<string[]> => {
    const { source, hosts } = await resolved({ configured });
    return [source, hosts[0]?.host ?? ""];
  };
  expect(await host({ service: "t" })).toEqual(["configuration t", "from-t"]);
  const mapped = await host({ envFile: { path: envPath, map: { DATABASE_URL: "APP_URL" } } });
  expect(mapped).toEqual([`configuration, ${envPath}`, "from-env-url"]);
  // An env file that gives only a password names nothing.
  const failure = await refused({ configured: { envFile: { path: envPath, map: { PGPASSWORD: "APP_PASS" } } } });
  expect(failure.code).toBe("NO_DATABASE_NAMED");
});
