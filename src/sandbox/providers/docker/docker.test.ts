/** Tests of servers in containers, on a real engine of the test's own; each says SKIPPED where none can be had. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import * as fs from "node:fs";
import { type DockerEngine, startDockerEngine } from "../../../../scripts/database/docker-engine.ts";
import { stopwatch } from "../../../kernel/clock.ts";
import { Failure } from "../../../kernel/failure.ts";
import { LABEL } from "../../leftovers/engine-resource.ts";
import { sweepLeftovers } from "../../leftovers/sweep.ts";
import { scanContainers } from "../../measure/containers.ts";
import { whyNotIsolated } from "../isolation.ts";
import type { RunningServer, StartOrder } from "../provider.ts";
import { ask, ok, otherProcess, type SampleSandbox, sampleFolder, sampleSandbox } from "../sample-sandbox.ts";
import { dockerProvider } from "./docker.ts";
import { inspectNetwork } from "./inspect.ts";
import type { DockerSettings } from "./settings.ts";

setDefaultTimeout(120_000);

const SUPERUSER = { role: "postgres", database: "postgres" };

let state: string;
let sandbox: SampleSandbox;
let started: DockerEngine | { readonly skipped: string };
const servers: RunningServer[] = [];

beforeAll(async () => {
  state = sampleFolder();
  started = await startDockerEngine();
});
afterAll(async () => {
  if (!("skipped" in started)) await started.stop();
  fs.rmSync(state, { recursive: true, force: true });
});
afterEach(async () => {
  for (const server of servers.splice(0)) expect((await server.stop()).left).toEqual([]);
});

/** The reason was printed when there was no engine to be had: a test is then left out, and counted as nothing. */
function onEngine(name: string, body: (engine: DockerEngine) => Promise<void>): void {
  test(name, async () => {
    if ("skipped" in started) process.stderr.write(`SKIPPED: ${name}: ${started.skipped}\n`);
    else await body(started);
  });
}

function settingsOf({ environment, image }: DockerEngine): DockerSettings {
  return { command: ["docker"], image, environment };
}

function attempt(engine: DockerEngine, different: Partial<StartOrder> = {}): Promise<RunningServer | Failure> {
  sandbox = sampleSandbox(state);
  return dockerProvider(settingsOf(engine)).start(sandbox.order(different));
}

async function start(engine: DockerEngine, different: Partial<StartOrder> = {}): Promise<RunningServer> {
  const server = ok(await attempt(engine, different));
  servers.push(server);
  return server;
}

function containers(engine: DockerEngine): readonly string[] {
  const names = engine.docker("container", "ls", "--all", "--format", "{{.Names}}");
  return names.split("\n").filter((name) => name !== "");
}

onEngine("each role gets in by its password only, also through the programs in the container", async (engine) => {
  const server = await start(engine);
  const app = { role: "app", database: "postgres" };
  ok(sandbox.passwords.add(["app"]));
  const made = `CREATE ROLE app LOGIN PASSWORD '${sandbox.passwords.verifier("app")}'`;
  const got = [
    await ask(server, SUPERUSER, made),
    await ask(server, app, "SELECT current_user AS who"),
    await ask(server, { role: "somebody", database: "postgres" }, "SELECT 1"),
    await ask(server, SUPERUSER, "SELECT rolpassword LIKE 'SCRAM%' AS scram FROM pg_authid WHERE rolname = 'postgres'"),
  ];
  expect(got).toEqual([[], [{ who: "app" }], "AUTHENTICATION_FAILED", [{ scram: "t" }]]);
  const client = server.client("psql", app);
  const run = Bun.spawnSync([...(client?.command ?? []), "-XAtc", "SELECT current_user"], {
    env: { ...client?.environment },
  });
  expect(`${run.stdout}${run.stderr}`).toBe("app\n");
});

onEngine("it is process 1 of the container that is waited for, not the server that sets it up", async (engine) => {
  const server = await start(engine);
  const pid = "SELECT split_part(pg_catalog.pg_read_file('postmaster.pid'), chr(10), 1) AS pid";
  const log = fs.readFileSync(server.logFile ?? "", "utf8");
  const starts = log.match(/starting PostgreSQL/g)?.length;
  expect({ pid: await ask(server, SUPERUSER, pid), starts }).toEqual({ pid: [{ pid: "1" }], starts: 2 });
  // Another sandbox on this host sees by its label that it need not stay.
  const another = await scanContainers(engine.environment, []);
  const told = [expect.stringMatching(new RegExp(`^container /${server.name} [0-9a-f]{64}, of another sandbox$`))];
  expect(another).toEqual({ lines: [], throwaway: told, how: "docker ps", unknown: [] });
});

onEngine("it has no network, no right and no place to write to, and no password is to be seen", async (engine) => {
  const server = await start(engine, { settings: { log_statement: "all" } });
  const { asked, ...isolation } = ok(await server.isolation());
  const inspected = engine.docker("container", "inspect", server.name);
  const [{ HostConfig, Mounts }] = JSON.parse(inspected) as [
    { HostConfig: Record<string, unknown>; Mounts: unknown[] },
  ];
  const { NetworkMode, CapDrop, ReadonlyRootfs, SecurityOpt, PidsLimit, Memory, PortBindings } = HostConfig;
  expect(isolation).toEqual({ listenAddresses: "", tcpListeners: [], publishedPorts: [], networks: [], waysOut: [] });
  expect({ NetworkMode, CapDrop, ReadonlyRootfs, SecurityOpt, PidsLimit, Memory, PortBindings }).toEqual({
    ...{ NetworkMode: "none", CapDrop: ["ALL"], ReadonlyRootfs: true, SecurityOpt: ["no-new-privileges"] },
    ...{ PidsLimit: 256, Memory: 4_096 * 1024 * 1024, PortBindings: {} },
  });
  const kinds = (Mounts as { Type: string; RW: boolean }[]).map(({ Type, RW }) => `${Type} ${RW ? "rw" : "ro"}`);
  expect(kinds.sort()).toEqual(["bind ro", "bind ro", "bind ro", "bind rw"]);
  // Where we connect is shown to nobody in it: no link could lead us elsewhere.
  const target = server.target(SUPERUSER);
  const door = target.kind === "server" ? (target.hosts[0]?.host ?? "") : "";
  const shown = (Mounts as { Source: string }[]).filter(({ Source }) => `${door}/`.startsWith(`${Source}/`));
  expect([fs.readdirSync(door), shown]).toEqual([[".s.PGSQL.5432"], []]);
  const write = engine.docker("exec", server.name, "sh", "-c", "echo x > /etc/x || id -u 2>/dev/null || echo refused");
  expect(write).toEndWith("refused");
  const secret = sandbox.passwords.of("postgres") ?? "";
  const log = fs.readFileSync(server.logFile ?? "", "utf8");
  const environment = engine.docker("exec", server.name, "cat", "/proc/1/environ", "/proc/1/cmdline");
  expect([inspected, log, environment].map((text) => text.includes(secret))).toEqual([false, false, false]);
  // What the image leaves in the environment is the password for setting up, which opens nothing any more.
  const [, initial = ""] = /POSTGRES_PASSWORD=([^\0]+)/.exec(environment) ?? [];
  const old = ["--env", `PGPASSWORD=${initial}`, server.name, "psql", "-w", "-U", "postgres", "-c", "SELECT 1"];
  expect(() => engine.docker("exec", ...old)).toThrow("password authentication failed");
});

onEngine("a published port, another network and a listener inside are each found out", async (engine) => {
  const network = "cutter-sandbox-open";
  engine.docker("network", "create", network);
  const listen = "postgres --version; exec sleep 60";
  const words = ["--detach", "--rm", "--name", network, "--network", network, "--publish", "5999:5432"];
  engine.docker("run", ...words, "--entrypoint", "sh", engine.image, "-c", listen);
  const hosts = ["--detach", "--rm", "--name", "cutter-sandbox-host", "--network", "host", "--entrypoint", "sh"];
  engine.docker("run", ...hosts, "--volume", `${state}:/seen`, engine.image, "-c", listen);
  const [opened, host] = [
    ok(await inspectNetwork(settingsOf(engine), { name: network, shown: [] })),
    ok(await inspectNetwork(settingsOf(engine), { name: "cutter-sandbox-host", shown: [] })),
  ];
  engine.docker("container", "rm", "--force", "--volumes", network, "cutter-sandbox-host");
  engine.docker("network", "rm", network);
  const why = whyNotIsolated({ listenAddresses: "*", ...opened, asked: "" });
  expect(why.filter((reason) => !/\[::\]|127\.0\.0\.11:/.test(reason))).toEqual([
    "listen_addresses is '*'",
    "the container publishes 5432/tcp -> 0.0.0.0:5999",
    `the container is in the network ${network}`,
  ]);
  // The engine's own proxy for the published port listens in the network of the second one.
  expect(host.networks).toEqual(["host"]);
  expect(host.waysOut).toContain(`the container sees the bind mount ${state}`);
  expect(host.tcpListeners).toContain("0.0.0.0:5999");
});

onEngine("its end leaves no container, no volume and no directory, and may be asked for twice", async (engine) => {
  const server = await start(engine);
  const first = await server.stop();
  expect({
    removed: first.removed.map(({ kind }) => kind),
    second: await server.stop(),
    containers: containers(engine),
    volumes: engine.docker("volume", "ls", "--quiet"),
    recorded: sandbox.record.resources,
  }).toEqual({
    removed: ["process", "container", "directory"],
    second: { removed: [], left: [], trouble: null },
    containers: [],
    volumes: "",
    recorded: [{ kind: "directory", path: sandbox.work }],
  });
});

onEngine("a server that does not start says why, and leaves nothing", async (engine) => {
  const failed = await attempt(engine, { settings: { shared_preload_libraries: "there_is_no_such_library" } });
  if (!(failed instanceof Failure)) throw new Error("it started");
  expect([failed.code, failed.message.includes("there_is_no_such_library"), failed.facts.left]).toEqual([
    ...["SANDBOX_SERVER_FAILED", true, undefined],
  ]);
  expect([containers(engine), sandbox.record.resources]).toEqual([[], [{ kind: "directory", path: sandbox.work }]]);
});

onEngine("a container that has its name stays, and so does one that only has the name in a record", async (engine) => {
  sandbox = sampleSandbox(state);
  const order = sandbox.order();
  engine.docker("run", "--detach", "--rm", "--name", order.name, "--entrypoint", "sleep", engine.image, "60");
  const provider = dockerProvider(settingsOf(engine));
  expect(await provider.taken(order.name)).toEqual([`container ${order.name}`]);
  const failed = await provider.start(order);
  expect([failed instanceof Failure && failed.code, containers(engine)]).toEqual(["FILE_EXISTS", [order.name]]);
  engine.docker("container", "rm", "--force", "--volumes", order.name);
});

onEngine(
  "an image that is not there, and an engine that is not there, are said before anything is made",
  async (engine) => {
    const settings = settingsOf(engine);
    const noImage = await dockerProvider({ ...settings, image: "no-such-image:1" }).unavailable();
    const environment = { ...settings.environment, DOCKER_HOST: "unix:///nowhere/docker.sock" };
    const noEngine = await dockerProvider({ ...settings, environment }).unavailable();
    const far = { ...settings.environment, DOCKER_HOST: "tcp://127.0.0.1:1" };
    const remote = await dockerProvider({ ...settings, environment: far }).unavailable();
    const codes = new Set([noImage, noEngine, remote].map((failure) => failure?.code));
    expect([...codes]).toEqual(["SANDBOX_PROVIDER_UNAVAILABLE"]);
    expect(remote?.message).toContain("its engine is at tcp://127.0.0.1:1");
    expect(noImage?.message).toContain("no image no-such-image:1");
    expect(noEngine?.message).toContain("nowhere/docker.sock");
  },
);

onEngine("kill -9 of the process that started it takes the container along, and a sweep the rest", async (engine) => {
  const folder = sampleFolder();
  const code = `
    const settings = ${JSON.stringify(settingsOf(engine))};
    const server = ok(await dockerProvider(settings).start(sandbox.order()));
    say(server.owned());
    await Bun.sleep(60_000);
  `;
  const other = otherProcess(code, folder);
  expect(await other.heard()).toHaveLength(3);
  expect(containers(engine)).toHaveLength(1);
  const elapsed = stopwatch();
  await other.kill();
  while (containers(engine).length > 0 && elapsed() < 10_000) await Bun.sleep(20);
  expect(elapsed()).toBeLessThan(5_000);
  const [swept] = ok(await sweepLeftovers(folder, engine.environment));
  expect([swept?.is, swept?.left, fs.readdirSync(folder)]).toEqual(["removed", [], ["sandbox"]]);
  fs.rmSync(folder, { recursive: true, force: true });
});

onEngine("a sweep removes what has the record's label, and leaves what only has the name", async (engine) => {
  const folder = sampleFolder();
  const other = otherProcess("say({ token: sandbox.record.token, name: sandbox.record.sandbox });", folder);
  const { token, name } = (await other.heard()) as { token: string; name: string };
  await other.kill();
  const file = `${folder}/sandbox/${name}.json`;
  const record = JSON.parse(fs.readFileSync(file, "utf8"));
  const all = ["container", "volume", "network"].flatMap((kind) =>
    ["ours", "theirs"].map((whose) => ({ kind, name: `cutter-sandbox-${whose}`, command: ["docker"] })),
  );
  fs.writeFileSync(file, JSON.stringify({ ...record, resources: [...record.resources, ...all] }));
  for (const [whose, label] of [
    ["ours", token],
    ["theirs", "another"],
  ] as const) {
    const named = ["--label", `${LABEL}=${label}`];
    engine.docker("volume", "create", ...named, `cutter-sandbox-${whose}`);
    engine.docker("network", "create", ...named, `cutter-sandbox-${whose}`);
    const words = ["--detach", ...named, "--name", `cutter-sandbox-${whose}`, "--entrypoint", "sleep"];
    engine.docker("run", ...words, "--network", "none", engine.image, "60");
  }
  const [swept] = ok(await sweepLeftovers(folder, engine.environment));
  const standing = ["container", "volume", "network"].map((kind) =>
    engine.docker(kind, "ls", "--format", "{{json .}}"),
  );
  expect(standing.map((rows) => [rows.includes("sandbox-ours"), rows.includes("sandbox-theirs")])).toEqual([
    ...[
      [false, true],
      [false, true],
      [false, true],
    ],
  ]);
  expect(swept?.is).toBe("left");
  expect(swept?.left.map(({ resource, reason }) => [resource.kind, reason.split(":")[0]])).toEqual([
    ...["container", "volume", "network"].map((kind) => [kind, "it is not this sandbox's"]),
    ["directory", "a container that is left may still use it"],
  ]);
  engine.docker("container", "rm", "--force", "--volumes", "cutter-sandbox-theirs");
  engine.docker("volume", "rm", "cutter-sandbox-theirs");
  engine.docker("network", "rm", "cutter-sandbox-theirs");
  expect(ok(await sweepLeftovers(folder, engine.environment)).map(({ is }) => is)).toEqual(["removed"]);
  fs.rmSync(folder, { recursive: true, force: true });
});
