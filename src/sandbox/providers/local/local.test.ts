/** Tests of local servers, on real ones: who gets in, what a network sees, and that nothing of them stays. */
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../kernel/failure.ts";
import { descendantsOf, isRunning } from "../../leftovers/process-identity.ts";
import type { ProcessResource } from "../../leftovers/resource.ts";
import { whyNotIsolated } from "../isolation.ts";
import type { RunningServer, StartOrder } from "../provider.ts";
import { ask, ok, type SampleSandbox, sampleFolder, sampleSandbox } from "../sample-sandbox.ts";
import { localProvider } from "./local.ts";

const SUPERUSER = { role: "postgres", database: "postgres" };
// A cluster is made with initdb, on a machine that may be busy.
setDefaultTimeout(60_000);

const isRoot = process.geteuid?.() === 0;

let state: string;
let sandbox: SampleSandbox;
const servers: RunningServer[] = [];

beforeAll(() => {
  state = sampleFolder();
});
afterAll(() => fs.rmSync(state, { recursive: true, force: true }));
afterEach(async () => {
  for (const server of servers.splice(0)) expect((await server.stop()).left).toEqual([]);
});

async function start(different: Partial<StartOrder> = {}): Promise<RunningServer> {
  const server = ok(await attempt(different));
  servers.push(server);
  return server;
}

function attempt(different: Partial<StartOrder> = {}): Promise<RunningServer | Failure> {
  sandbox = sampleSandbox(state);
  return localProvider({ stateDirectory: state, binaries: null }).start(sandbox.order(different));
}

function processOf(server: RunningServer): ProcessResource {
  const found = server.owned().find((one) => one.kind === "process");
  if (found?.kind !== "process") throw new Error("the server has no process");
  return found;
}

function homeOf(server: RunningServer): string {
  const found = server.owned().find((one) => one.kind === "directory");
  if (found?.kind !== "directory") throw new Error("the server has no directory");
  return found.path;
}

const IDENTITY = "SELECT system_identifier AS id FROM pg_catalog.pg_control_system()";

describe("who gets in", () => {
  test("its owner by the kernel's word, every other role by its password, and nobody without", async () => {
    const server = await start();
    const app = { role: "app", database: "postgres" };
    ok(sandbox.passwords.add(["app"]));
    const made = `CREATE ROLE app LOGIN PASSWORD '${sandbox.passwords.verifier("app")}'`;
    const got = [
      await ask(server, SUPERUSER, "SELECT current_user AS who"),
      await ask(server, SUPERUSER, made),
      await ask(server, app, "SELECT current_user AS who"),
      await ask(server, SUPERUSER, "ALTER ROLE app PASSWORD 'another'"),
      await ask(server, app, "SELECT 1"),
      await ask(server, { role: "nobody_at_all", database: "postgres" }, "SELECT 1"),
    ];
    const refused = "AUTHENTICATION_FAILED";
    expect(got).toEqual([[{ who: "postgres" }], [], [{ who: "app" }], [], refused, refused]);
  });

  test("a client program is told where, and no password in its environment", async () => {
    const server = await start();
    const client = server.client("psql", SUPERUSER);
    if (client === null) throw new Error("this PostgreSQL has no psql");
    const command = [...client.command, "-XAtc", "SELECT current_user"];
    const run = Bun.spawnSync(command, { env: client.environment, cwd: "/" });
    expect({ said: `${run.stdout}${run.stderr}`, password: client.environment.PGPASSWORD }).toEqual({
      said: "postgres\n",
      password: undefined,
    });
  });

  test("another user of this machine is not the owner, even the server's own", async () => {
    if (!isRoot) return;
    const server = await start();
    const client = server.client("psql", SUPERUSER);
    const uid = fs.statSync(join(homeOf(server), "data")).uid;
    const drop = ["setpriv", "--reuid", `${uid}`, "--regid", `${uid}`, "--clear-groups"];
    // By the name that the server gave its socket; the one by which we come is closed to everybody else.
    const seen = [join(homeOf(server), "s"), join(homeOf(server), "d")].map((PGHOST) => {
      const env = { ...client?.environment, PGPASSFILE: "/nowhere", PGHOST };
      return `${Bun.spawnSync([...drop, ...(client?.command ?? []), "-XAtc", "SELECT 1"], { env, cwd: "/" }).stderr}`;
    });
    expect(seen[0]).toContain('Peer authentication failed for user "postgres"');
    expect(seen[1]).toContain("Permission denied");
  });

  test("it does not run as root, and its user cannot change who gets in", async () => {
    if (!isRoot) return;
    const server = await start();
    const [postmaster] = descendantsOf(processOf(server).pid);
    const status = fs.readFileSync(`/proc/${postmaster?.pid}/status`, "utf8");
    const rules = fs.statSync(join(homeOf(server), "hba.conf"));
    const uids = /^Uid:\s+(\d+)\s+(\d+)/m.exec(status)?.slice(1, 3);
    const write = "COPY (SELECT 'local all all trust') TO";
    expect({
      root: uids?.includes("0"),
      rules: [rules.uid, rules.mode & 0o777],
      written: await ask(server, SUPERUSER, `${write} '${join(homeOf(server), "hba.conf")}'`),
    }).toEqual({ root: false, rules: [0, 0o644], written: "42501" });
  });
});

describe("what a network sees", () => {
  test("nothing, and ALTER SYSTEM does not change that", async () => {
    const server = await start({ settings: { log_statement: "all" } });
    await ask(server, SUPERUSER, "ALTER SYSTEM SET listen_addresses = '127.0.0.1'");
    await ask(server, SUPERUSER, "SELECT pg_reload_conf()");
    const { asked, ...isolation } = ok(await server.isolation());
    expect({ isolation, why: whyNotIsolated({ asked, ...isolation }) }).toEqual({
      isolation: { listenAddresses: "", tcpListeners: [], publishedPorts: [], networks: [], waysOut: [] },
      why: [],
    });
    expect(fs.readFileSync(server.logFile ?? "", "utf8")).toContain("ALTER SYSTEM SET listen_addresses");
  });

  test("a listener that its superuser opens is seen, and is gone with it", async () => {
    const server = await start();
    const code = "use IO::Socket::INET; my $l = IO::Socket::INET->new(Listen => 1, LocalAddr => q(0.0.0.0)); sleep 60";
    const program = `exec perl -e '${code}'`.replaceAll("'", "''");
    const running = ask(server, SUPERUSER, `COPY (SELECT 1) TO PROGRAM '${program}'`);
    let isolation = ok(await server.isolation());
    for (let i = 0; i < 100 && isolation.tcpListeners.length === 0; i++) {
      await Bun.sleep(50);
      isolation = ok(await server.isolation());
    }
    const [address = ""] = isolation.tcpListeners;
    expect(address).toMatch(/^0\.0\.0\.0:\d+$/);
    expect(whyNotIsolated(isolation)).toEqual([`it listens on TCP ${address}`]);
    const connected = await Bun.connect({
      hostname: "127.0.0.1",
      port: Number(address.split(":")[1]),
      socket: { data() {} },
    }).then(
      () => "open",
      () => "closed",
    );
    expect(connected).toBe("closed");
    await server.stop();
    expect(await running).toBe("SESSION_LOST");
  });

  test("a step cannot open it", () => {
    expect(attempt({ settings: { listen_addresses: "*" } })).rejects.toThrow("listen_addresses is the provider's");
    expect(attempt({ name: "production" })).rejects.toThrow("not a name");
  });
});

describe("where its cluster comes from", () => {
  test("copies share the system identifier, and a fresh one has its own", async () => {
    const identities = [];
    for (const cluster of ["may be cloned", "may be cloned", "fresh", "fresh"] as const) {
      identities.push(JSON.stringify(await ask(await start({ cluster }), SUPERUSER, IDENTITY)));
    }
    const [first, second, fresh, other] = identities;
    expect(first).toStartWith('[{"id":');
    expect([first === second, first === fresh, fresh === other]).toEqual([true, false, false]);
  });

  test("a spare one is made while a server runs, taken by one, and the template stays for the others", async () => {
    const cache = join(state, "cache", "sandbox");
    const spares = (): string[] => fs.readdirSync(cache).filter((name) => name.endsWith(".spare"));
    await start();
    for (let i = 0; i < 200 && spares().length === 0; i++) await Bun.sleep(50);
    const before = spares();
    const both = await Promise.all([start(), start()]);
    const answers = await Promise.all(both.map((server) => ask(server, SUPERUSER, "SELECT 1 AS one")));
    expect({ before: before.length, answers }).toEqual({ before: 1, answers: [[{ one: "1" }], [{ one: "1" }]] });
  });
});

describe("its end", () => {
  test("leaves no process, no directory and nothing in the record, and may be asked for twice", async () => {
    const server = await start();
    const [process, home] = [processOf(server), homeOf(server)];
    const first = await server.stop();
    expect({
      removed: first.removed.map(({ kind }) => kind),
      second: await server.stop(),
      running: isRunning(process),
      there: fs.existsSync(home),
      recorded: sandbox.record.resources.filter(({ kind }) => kind === "process"),
    }).toEqual({
      removed: ["process", "directory"],
      second: { removed: [], left: [], trouble: null },
      running: false,
      there: false,
      recorded: [],
    });
  });

  test("tells a directory that it could not remove, and removes it once it can", async () => {
    const server = await start();
    const marker = join(homeOf(server), ".cutter-sandbox");
    const token = fs.readFileSync(marker, "utf8");
    fs.writeFileSync(marker, "another's");
    const first = await server.stop();
    fs.writeFileSync(marker, token);
    expect([first.left.map(({ reason }) => reason), (await server.stop()).left]).toEqual([
      ["its marker is another sandbox's"],
      [],
    ]);
  });

  test("a server that does not start says why, and leaves only its log", async () => {
    const failed = await attempt({ settings: { shared_preload_libraries: "there_is_no_such_library" } });
    if (!(failed instanceof Failure)) throw new Error("it started");
    expect([failed.code, failed.message.includes("there_is_no_such_library"), failed.facts.left]).toEqual([
      "SANDBOX_SERVER_FAILED",
      true,
      undefined,
    ]);
    expect(sandbox.record.resources).toEqual([{ kind: "directory", path: sandbox.work }]);
  });

  test("a second server of the same name does not begin, and the first one stays", async () => {
    const first = await start();
    const provider = localProvider({ stateDirectory: state, binaries: null });
    const second = await provider.start(sandbox.order());
    expect([second instanceof Failure && second.code, await ask(first, SUPERUSER, "SELECT 1 AS one")]).toEqual([
      "FILE_EXISTS",
      [{ one: "1" }],
    ]);
    expect(fs.existsSync(homeOf(first))).toBe(true);
  });

  test("what stands under its name is left as it is", async () => {
    const temporary = join(state, "tmp");
    fs.mkdirSync(temporary, { mode: 0o755 });
    if (isRoot) fs.chmodSync(state, 0o711);
    const { TMPDIR } = process.env;
    process.env.TMPDIR = temporary;
    try {
      sandbox = sampleSandbox(state);
      const order = sandbox.order();
      for (const base of [temporary, order.workDirectory]) fs.mkdirSync(join(base, order.name));
      const provider = localProvider({ stateDirectory: state, binaries: null });
      const failed = await provider.start(order);
      expect(failed instanceof Failure && failed.code).toBe("FILE_EXISTS");
      expect(await provider.taken(order.name)).toEqual([join(temporary, order.name)]);
      expect(fs.readdirSync(join(temporary, order.name))).toEqual([]);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
  });
});
