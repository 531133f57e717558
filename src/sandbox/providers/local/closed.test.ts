/**
 * Tests of the way out of a local server, on real ones: code in it reaches no other server, by no network and by no
 * socket; where it is not closed, it does, and that is seen.
 */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { createDatabase, type TestDatabase } from "../../../../scripts/database/database.ts";
import { TEST_PASSWORD } from "../../../../scripts/database/server.ts";
import { anyServer } from "../../../../scripts/faults/stock.ts";
import { Failure } from "../../../kernel/failure.ts";
import { G07 } from "../../gates/server.ts";
import { waysOutOf, writableIn } from "../outward.ts";
import type { RunningServer } from "../provider.ts";
import { ask, ok, otherProcess, sampleFolder, sampleSandbox } from "../sample-sandbox.ts";
import { closedWords, writeClosing } from "./closed.ts";
import { localProvider } from "./local.ts";

// A cluster is made with initdb, on a machine that may be busy.
setDefaultTimeout(60_000);

const SUPERUSER = { role: "postgres", database: "postgres" };

let state: string;
let path: string | undefined;
let database: TestDatabase;
const servers: RunningServer[] = [];

beforeAll(async () => {
  state = sampleFolder();
  database = await createDatabase(await anyServer(), { template: "reference" });
  path = process.env.PATH;
});
afterAll(() => {
  database.drop();
  fs.rmSync(state, { recursive: true, force: true });
});
afterEach(async () => {
  process.env.PATH = path;
  for (const server of servers.splice(0)) expect((await server.stop()).left).toEqual([]);
});

async function start(): Promise<RunningServer> {
  const server = ok(await localProvider({ stateDirectory: state, binaries: null }).start(sampleSandbox(state).order()));
  servers.push(server);
  return server;
}

const NOWHERE = { home: "/nowhere", data: "/nowhere/data", socket: "/nowhere/s" };

/** What starts a server is found, and nothing that closes it. */
function withoutUnshare(): void {
  const folder = join(state, "bin");
  fs.mkdirSync(folder, { recursive: true });
  for (const name of ["setpriv", "cp", "sh"]) fs.symlinkSync(Bun.which(name) ?? "", join(folder, name));
  process.env.PATH = folder;
}

/** Whoever does not read what COPY writes is killed by it, now and then. */
const READ = "while read -r line; do :; done; ";

function commandOf(pid: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** What a function of a restored database could do: connect to another server, by each of its doors. */
async function reached(server: RunningServer): Promise<Record<string, unknown>> {
  const { port, socketDirectory } = await anyServer();
  const login = `user=cutter_verify password=${TEST_PASSWORD} dbname=${database.name} connect_timeout=5`;
  const doors = {
    tcp: `host=127.0.0.1 port=${port} ${login}`,
    socket: `host=${socketDirectory} port=${port} ${login}`,
  };
  const program = (words: string) => `COPY (SELECT 1) TO PROGRAM '${words.replaceAll("'", "''")}'`;
  const dblink = (door: string) => `SELECT id FROM dblink('${door}', 'SELECT 7') AS d(id int)`;
  ok((await ask(server, SUPERUSER, "CREATE EXTENSION IF NOT EXISTS dblink")) as never);
  return {
    tcp: await ask(server, SUPERUSER, dblink(doors.tcp)),
    socket: await ask(server, SUPERUSER, dblink(doors.socket)),
    program: await ask(server, SUPERUSER, program(`${READ}test -S ${socketDirectory}/.s.PGSQL.${port}`)),
  };
}

async function gate(server: RunningServer, code: "the source" | "this program") {
  return G07.judge({ isolation: ok(await server.isolation()), code });
}

/** Of an ordinary user of Debian who logs in: pivot_root lies in /usr/sbin. */
const LOGIN_PATH = "/usr/local/bin:/usr/bin:/bin";

test("code in it reaches no server of this machine, by no door, and it is seen that it cannot", async () => {
  process.env.PATH = LOGIN_PATH;
  const server = await start();
  expect(await reached(server)).toEqual({ tcp: "08001", socket: "08001", program: "38000" });
  expect((await gate(server, "the source")).mismatches).toEqual([]);
});

test("code in it sees no other process, can write to nothing of this machine, and ends with it", async () => {
  const server = await start();
  const home = server.owned().flatMap((one) => (one.kind === "directory" ? [one.path] : []))[0] ?? "";
  const account = fs.statSync(`${home}/data`);
  const drop = process.geteuid?.() === 0 ? ["setpriv", "--reuid", `${account.uid}`, "--clear-groups"] : [];
  const neighbour = Bun.spawn([...drop, "sleep", "60"], { stdio: ["ignore", "ignore", "ignore"] });
  const run = (words: string) => ask(server, SUPERUSER, `COPY (SELECT 1) TO PROGRAM '${READ}${words}'`);
  const seen = {
    first: await run('test "$(cat /proc/1/comm)" = postgres && ! test -e /run && ! test -e /var'),
    kill: await run(`kill -9 ${neighbour.pid}`),
    etc: await run("touch /etc/cutter-sandbox-was-here"),
    usr: await run("touch /usr/bin/cutter-sandbox-was-here"),
    left: await run("(setsid sleep 54321 > /dev/null 2>&1 &)"),
  };
  expect(seen).toEqual({ first: [], kill: "38000", etc: "38000", usr: "38000", left: [] });
  expect(neighbour.exitCode).toBe(null);
  neighbour.kill("SIGKILL");
  expect((await server.stop()).left).toEqual([]);
  const words = fs
    .readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => commandOf(pid));
  expect(words.filter((line) => line.includes("54321"))).toEqual([]);
});

/** What restored code might do so that whoever comes to its server is led to another, by what it is called. */
const REDIRECTIONS = {
  replaced: "mv HOME/s/.s.PGSQL.5432 HOME/s/real && ln -s OTHER HOME/s/.s.PGSQL.5432",
  door: "ln -sf OTHER HOME/d/.s.PGSQL.5432",
  directory: "mv HOME/s HOME/t",
  rules: "echo local all all trust > HOME/hba.conf",
  marker: "echo x > HOME/.cutter-sandbox",
};

/** In the scope of `otherProcess`: what became of each, and which server answers then. */
const redirect = (words: string) => `
  const server = ok(await localProvider({ stateDirectory, binaries: null }).start(sandbox.order()));
  const { path: home } = server.owned().find(({ kind }) => kind === "directory");
  const login = { role: "postgres", database: "postgres" };
  const identity = () => ask(server, login, "SELECT system_identifier::text FROM pg_control_system()");
  const before = await identity();
  const done = {};
  for (const [what, words] of Object.entries(${words})) {
    const program = "while read -r line; do :; done; " + words.replaceAll("HOME", home);
    done[what] = await ask(server, login, "COPY (SELECT 1) TO PROGRAM '" + program + "'");
  }
  const link = (await import("node:fs")).readlinkSync(home + "/s/.s.PGSQL.5432");
  say({ done, link, same: JSON.stringify(await identity()) === JSON.stringify(before), user: process.geteuid() });
  await server.stop();
`;

test.each(process.geteuid?.() === 0 ? ["root", "nobody"] : ["an ordinary user"])(
  "code in it that puts another server's socket in the place of its own does not lead us there: %s",
  async (user) => {
    const { socketDirectory, port } = await anyServer();
    const other = `${socketDirectory}/.s.PGSQL.${port}`;
    const folder = sampleFolder();
    const drop = user === "nobody" ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : [];
    if (user === "nobody") fs.chownSync(folder, 65_534, 65_534);
    const words = JSON.stringify(REDIRECTIONS).replaceAll("OTHER", other);
    const child = otherProcess(redirect(words), folder, drop);
    const said = await child.heard();
    await child.kill();
    const refused = { door: "38000", directory: "38000", rules: "38000", marker: "38000" };
    // The link is there, and leads to the other server: whoever went that way would be there.
    const uid = user === "nobody" ? 65_534 : process.geteuid?.();
    expect(said).toEqual({ done: { replaced: [], ...refused }, link: other, same: true, user: uid });
    fs.rmSync(folder, { recursive: true, force: true });
  },
);

test("where it cannot be closed it says so, reaches them all, and only code of ours passes the gate", async () => {
  withoutUnshare();
  expect(await localProvider({ stateDirectory: state, binaries: null }).unclosed()).toBe(
    "unshare (of util-linux) is not installed",
  );
  const server = await start();
  process.env.PATH = path;
  expect(await reached(server)).toEqual({ tcp: [{ id: "7" }], socket: [{ id: "7" }], program: [] });
  const { socketDirectory, port } = await anyServer();
  const seen = (await gate(server, "the source")).mismatches.map(({ seen: way }) => way);
  expect(seen).toContain("it is in the network namespace of this host");
  expect(seen).toContain("it sees the directories of this host");
  expect(seen).toContain("it is in the table of processes of this host");
  expect(seen).toContain("it shares memory with processes of this host");
  expect(seen).toContain("it may write to /");
  expect(seen).toContain(`it can connect to the socket ${socketDirectory}/.s.PGSQL.${port}`);
  const own = await gate(server, "this program");
  expect([own.mismatches, own.summary]).toEqual([
    [],
    expect.stringMatching(/^no port, no TCP listener, ways out: \d+, for code of this program$/),
  ]);
});

/** What a closed program may write to where a directory below /etc is a mount of its own; as root, or as nobody. */
function writableBeside(who: "root" | "nobody"): readonly string[] {
  const folder = sampleFolder();
  const home = join(folder, "a home");
  const [root, data, socket, door] = ["root", "data", "s", "d"].map((name) => join(home, name)) as Four;
  const place = { home, root, data, socket, door };
  const account = { uid: 65_534, gid: 65_534, caller: "nobody", is: who === "root" ? "dropped" : "ours" } as const;
  const made = [home, root, data, socket];
  for (const path of made) fs.mkdirSync(path);
  expect(writeClosing(place)).toBe(null);
  if (who === "nobody") for (const path of [...made, folder, join(home, "close.sh")]) give(path);
  const drop = who === "root" ? [] : ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
  const [beside = ""] = fs
    .readdirSync("/etc", { withFileTypes: true })
    .flatMap((one) => (one.isDirectory() ? [one.name] : []));
  const words = closedWords({ account, place, programs: "/usr/bin" }, ["cat", "/proc/self/mountinfo"]);
  const mount = `mount -t tmpfs -o nosuid,nodev,noexec "a host's" "/etc/${beside}" && exec "$@"`;
  const run = Bun.spawnSync(["unshare", "--mount", "sh", "-c", mount, "sh", ...drop, ...words], { cwd: "/" });
  fs.rmSync(folder, { recursive: true });
  const table = `${run.stdout}`;
  expect({ said: `${run.stderr}`, there: table.includes(` /etc/${beside} `) }).toEqual({ said: "", there: true });
  return writableIn(table, place);
}

type Four = [string, string, string, string];

function give(path: string): void {
  fs.chownSync(path, 65_534, 65_534);
}

test("a mount below a directory that it sees is read-only for it, too", () => {
  if (process.geteuid?.() !== 0) return;
  expect([writableBeside("root"), writableBeside("nobody")]).toEqual([[], []]);
});

test("a network of its own alone leaves the sockets of this machine open, and that is seen", async () => {
  const { socketDirectory, port } = await anyServer();
  const asOther = process.geteuid?.() === 0 ? [] : ["--user", "--map-current-user"];
  const child = Bun.spawn(["unshare", ...asOther, "--net", "sleep", "60"], { stdio: ["ignore", "ignore", "ignore"] });
  const there = (): boolean => fs.readFileSync(`/proc/${child.pid}/comm`, "utf8").trim() === "sleep";
  while (!there()) await Bun.sleep(5);
  const seen = waysOutOf(child.pid, NOWHERE);
  child.kill("SIGKILL");
  await child.exited;
  if (seen instanceof Failure) throw new Error(seen.message);
  expect(seen).toContain("it sees the directories of this host");
  expect(seen).toContain(`it can connect to the socket ${socketDirectory}/.s.PGSQL.${port}`);
  expect(seen).not.toContain("it is in the network namespace of this host");
  expect(waysOutOf(child.pid, NOWHERE)).toBeInstanceOf(Failure);
});
