/**
 * resolve-like-psql: our resolver against libpq itself.
 *
 * Each case goes to psql and to resolveTarget in the same words. Where psql connects, the target must say the same
 * role, database, host, port and password; where it does not, the same places tried and the same reason; where it
 * refuses the settings, so must we. Then psql runs once more with nothing but childEnvironment(target) and must do
 * the same again. A psql not of Debian differs in four cases: its default socket directory is /tmp.
 */

import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { Glob } from "bun";
import { psqlOn } from "../../../scripts/database/database.ts";
import { type OwnServer, startServer } from "../../../scripts/database/server.ts";
import { Failure } from "../failure.ts";
import { childEnvironment } from "./child-environment.ts";
import { type Case, DATABASES, environmentCases, keywordCases, ODD, PLAIN, urlCases } from "./psql-cases.ts";
import { passwordFileCases, serviceCases } from "./psql-file-cases.ts";
import { resolveTarget } from "./resolve.ts";
import type { HostChoice, ServerTarget } from "./target.ts";

/** What psql did, or what a target says that it would do. */
type Outcome = {
  readonly end: "connected" | "failed" | "refused";
  /** `host:port` reached, or each one tried. */
  readonly places: readonly string[];
  readonly login: Readonly<Record<string, string>>;
};

// Debian's psql in PATH is a wrapper that chooses a cluster, and sets PGHOST, before libpq is asked.
const [PSQL = "psql"] = [...new Glob("/usr/lib/postgresql/*/bin/psql").scanSync({ absolute: true })].sort().reverse();
const DEAD_PORT = 1;
const CONCURRENT = 6;
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));
const REFUSED: Outcome = { end: "refused", places: [], login: {} };

let server: OwnServer;
let home: string;
const passwords: Record<string, string> = { [PLAIN.role]: PLAIN.password, [ODD.role]: ODD.password };

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "cutter-conninfo-"));
  server = await startServer(15, { settings: hasIpv6 ? ["listen_addresses = '127.0.0.1,::1'"] : [] });
  const account = Bun.spawnSync(["id", "-un"]).stdout.toString().trim();
  const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const roles = Object.entries(passwords).map(([name, secret]) => `ROLE "${name}" LOGIN PASSWORD ${literal(secret)}`);
  if (account !== "postgres") roles.push(`ROLE "${account}" SUPERUSER LOGIN`);
  const databases = [...DATABASES, account, PLAIN.role].filter((name) => name !== "postgres");
  const made = [...roles, ...databases.map((name) => `DATABASE "${name}" TEMPLATE template0 STRATEGY wal_log`)];
  psqlOn(server, "postgres", made.map((what) => `CREATE ${what};`).join("\n"));
});

afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

// \echo shows what libpq holds; \conninfo says the same in words, and since 18 in a table.
const QUESTION = [
  ...["-c", "\\echo :DBNAME", "-c", "\\echo :USER", "-c", "\\echo :HOST", "-c", "\\echo :PORT"],
  "-c",
  "SELECT host(inet_server_addr())",
  ...["-c", "SHOW application_name", "-c", "SHOW work_mem"],
];

async function askPsql(argument: string | undefined, environment: Record<string, string>): Promise<Outcome> {
  const text = argument === undefined ? [] : [argument];
  const child = Bun.spawn([PSQL, "-X", "-w", "-At", ...QUESTION, ...text], {
    env: { PATH: process.env.PATH ?? "", LC_ALL: "C.UTF-8", ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) === 0) return connected(out);
  const tries = [
    ...errors.matchAll(/connection to server (?:on socket "(.*)\/\.s\.PGSQL\.|at "(.*?)".*, port )(\d+)/g),
  ];
  if (tries.length === 0 || /invalid (?:port|integer)/.test(errors)) return REFUSED;
  const places = tries.map(([, socket, host, port]) => `${socket ?? host}:${port}`);
  return { end: "failed", places: [...new Set(places)], login: reason(errors) };
}

function connected(out: string): Outcome {
  const [database = "", user = "", host = "", port = "", address = "", application = "", memory = ""] = out.split("\n");
  const login = { database, user, address, application, memory, password: address === "" ? "" : `${passwords[user]}` };
  return { end: "connected", places: [`${host}:${port.trim()}`], login };
}

/** What the server's refusal tells of the login. */
function reason(errors: string): Record<string, string> {
  const role = /(?:role|for user) "(.*?)"/.exec(errors)?.[1];
  const database = /FATAL: {2}database "(.*?)" does/.exec(errors)?.[1];
  return {
    ...(role === undefined ? {} : { user: role }),
    ...(database === undefined ? {} : { database }),
    ...(/no password supplied/.test(errors) ? { password: "none" } : {}),
    ...(/password authentication failed/.test(errors) ? { password: "wrong" } : {}),
    ...(/SSL was required/.test(errors) ? { sslMode: "require" } : {}),
    ...(/session is not in hot standby|server is not in hot standby/.test(errors) ? { attributes: "standby" } : {}),
  };
}

/** What the target says about all that psql told; a difference shows up as one in the comparison. */
function predict(target: ServerTarget, seen: Outcome): Outcome {
  const isLive = ({ host, port }: HostChoice): boolean =>
    port === server.port && (!host.startsWith("/") || host === server.socketDirectory);
  const reached = target.hosts.find(isLive);
  const tried = reached === undefined ? target.hosts : target.hosts.slice(0, target.hosts.indexOf(reached) + 1);
  const { password = null } = reached ?? {};
  const right = password === passwords[target.user];
  const told: Record<string, string> = {
    database: target.database,
    user: target.user,
    application: target.applicationName ?? "psql",
    memory: /work_mem=(\w+)/.exec(target.options ?? "")?.[1] ?? "4MB",
    address: addressOf(reached),
    sslMode: target.sslMode,
    attributes: target.targetSessionAttributes,
    password: seen.end === "connected" ? passwordText(reached) : password === null ? "none" : right ? "right" : "wrong",
  };
  const login = Object.fromEntries(Object.keys(seen.login).map((key) => [key, told[key] ?? "?"]));
  const end = seen.end === "refused" ? "connected" : seen.end;
  const shown = end === "connected" && reached !== undefined ? [reached] : tried;
  // Where nothing connects, psql shows the address in place of the host.
  const place = ({ host, hostaddr, port }: HostChoice): string =>
    `${end === "failed" ? (hostaddr ?? host) : host}:${port}`;
  return { end, places: [...new Set(shown.map(place))], login };
}

function addressOf(choice: HostChoice | undefined): string {
  if (choice === undefined) return "none";
  const address = choice.hostaddr ?? choice.host;
  return address.startsWith("/") ? "" : address.replace("localhost", "127.0.0.1");
}

function passwordText(choice: HostChoice | undefined): string {
  return addressOf(choice) === "" ? "" : `${choice?.password}`;
}

type Comparison = { readonly what: Case; readonly psql: Outcome; readonly ours: Outcome; readonly child: Outcome };

async function compare(what: Case, index: number): Promise<Comparison> {
  const folder = join(home, `${index}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(what.files ?? {})) writeFileSync(join(folder, name), text);
  if (what.files?.[".pgpass"] !== undefined) chmodSync(join(folder, ".pgpass"), what.passwordFileMode ?? 0o600);
  const settled = Object.entries(what.environment ?? {}).map(([name, value]) => [name, value.replace("HOME", folder)]);
  const environment: Record<string, string> = { HOME: folder, ...Object.fromEntries(settled) };
  const text = what.text?.replace("HOME", folder);
  const target = await resolveTarget({ ...(text === undefined ? {} : { url: text }), environment });
  const psql = await askPsql(text, environment);
  if (target instanceof Failure) return { what, psql, ours: REFUSED, child: REFUSED };
  if (target.kind === "embedded") throw new Error("nobody asked for the embedded database");
  const child = await askPsql(undefined, childEnvironment(target, { ...environment, PATH: process.env.PATH }));
  return { what, psql, ours: predict(target, psql), child };
}

async function compareAll(cases: readonly Case[]): Promise<Comparison[]> {
  const waiting = [...cases.entries()];
  const compared: Comparison[] = [];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      compared.push(await compare(next[1], next[0]));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  return compared;
}

test("for every way to name a database, resolver and children do what psql does", async () => {
  const place = { socket: server.socketDirectory, port: server.port, deadPort: DEAD_PORT };
  const makers = [urlCases, keywordCases, environmentCases, serviceCases, passwordFileCases];
  const compared = await compareAll(makers.flatMap((make) => make(place)));
  const different = compared.filter(
    ({ psql, ours, child }) => !Bun.deepEquals(psql, ours) || !Bun.deepEquals(psql, child),
  );
  expect({ different }).toEqual({ different: [] });
  // The comparison must have had something to compare, in each of its three ends.
  const count = (end: Outcome["end"]): number => compared.filter(({ psql }) => psql.end === end).length;
  expect(count("connected")).toBeGreaterThanOrEqual(60);
  expect(count("failed")).toBeGreaterThanOrEqual(20);
  expect(count("refused")).toBeGreaterThanOrEqual(30);
}, 30_000);

test("sabotage: a target that is off in any one part does not pass the comparison", async () => {
  const url = `postgres://${PLAIN.role}:${PLAIN.password}@127.0.0.1:${server.port}/main`;
  const target = await resolveTarget({ url, environment: {}, homeDirectory: home });
  if (target instanceof Failure || target.kind === "embedded") throw new Error("was not resolved");
  const [host] = target.hosts;
  if (host === undefined) throw new Error("has no host");
  const seen = await askPsql(url, { HOME: home });
  expect(predict(target, seen)).toEqual(seen);
  const broken: Partial<ServerTarget>[] = [
    { user: "somebody" },
    { database: "other" },
    { applicationName: "x" },
    { options: "-c work_mem=1MB" },
    { hosts: [{ ...host, host: "localhost" }] },
    { hosts: [{ ...host, hostaddr: "::1" }] },
    { hosts: [{ ...host, port: server.port + 1 }] },
    { hosts: [{ ...host, password: null }] },
    { hosts: [{ ...host, password: "wrong-one" }] },
  ];
  const unnoticed = broken.filter((part) => Bun.deepEquals(predict({ ...target, ...part }, seen), seen));
  expect(unnoticed).toEqual([]);
});
