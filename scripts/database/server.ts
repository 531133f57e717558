/**
 * server: a real PostgreSQL server of a given major version for tests, demos and benches, started and ended by pid.
 *
 * A fresh initdb in a temporary folder, a private socket directory and a free TCP port on loopback with SCRAM. It never
 * runs as root, and dies with the process that started it. Never touches a server that it did not start.
 */
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { makePlace, type Place, removePlace } from "./place.ts";

export const MAJORS = [14, 15, 16, 17, 18] as const;
export type Major = (typeof MAJORS)[number];

export const SUPERUSER = "postgres";
/** The password of every role that tests log in with over TCP. */
export const TEST_PASSWORD = "canary-4Fq9-secret";

export type ServerOptions = {
  /** Lines appended to postgresql.conf. */
  readonly settings?: readonly string[];
  /** Lines put before the default pg_hba.conf. */
  readonly accessRules?: readonly string[];
  /** In memory unless given, where there is room: what is measured lies where an operator's does. */
  readonly data?: "in memory" | "on disk";
};

export type Server = {
  readonly major: Major;
  readonly pid: number;
  readonly port: number;
  readonly socketDirectory: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  readonly binaries: string;
};

export type OwnServer = Server & {
  /** `fast` rolls back and stops, `immediate` is a crash. */
  stop(mode?: "fast" | "immediate"): Promise<void>;
  /** Starts it again on the same data, port and socket, as after a crash. */
  restart(): Promise<void>;
};

const START_TIMEOUT_MS = 30_000;
const POLL_MS = 20;
const PROJECT = dirname(dirname(import.meta.dirname));

/** Where the binaries of a major version are: the packaged ones first, then Debian's. */
function binariesOf(major: Major): string {
  const packaged = join(PROJECT, "node_modules", `postgres-server-${major}`, "native", "bin");
  const debian = `/usr/lib/postgresql/${major}/bin`;
  const found = [packaged, debian].find((folder) => existsSync(join(folder, "postgres")));
  if (found === undefined) throw new Error(`no PostgreSQL ${major} server: looked in ${packaged} and ${debian}`);
  if (found === packaged) hydrate(major);
  return found;
}

/** Not Debian's psql in PATH: a script that looks for this one, and takes longer for that than for all else. */
export function psqlProgram(): string {
  const debian = "/usr/lib/postgresql/15/bin/psql";
  return existsSync(debian) ? debian : "psql";
}

/** The packages hold their symbolic links as a list, since a registry archive carries none. */
function hydrate(major: Major): void {
  const folder = join(PROJECT, "node_modules", `postgres-server-${major}`);
  const marker = join(folder, "native", ".hydrated");
  if (existsSync(marker)) return;
  const script = join(folder, "scripts", "hydrate-symlinks.js");
  const run = Bun.spawnSync([process.execPath, script], { cwd: folder, env: { ...process.env, BUN_BE_BUN: "1" } });
  if (run.exitCode !== 0) throw new Error(`hydrating ${folder} failed: ${run.stderr}`);
  writeFileSync(marker, "");
}

type Account = { readonly uid: number; readonly gid: number };

/** The account that a server runs as: ours, or for root the first of postgres and nobody. */
function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const entries = readFileSync("/etc/passwd", "utf8").split("\n");
  const entry = ["postgres", "nobody"].map((name) => entries.find((line) => line.startsWith(`${name}:`))).find(Boolean);
  if (entry === undefined) throw new Error("neither postgres nor nobody in /etc/passwd");
  const [, , uid, gid] = entry.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

function asAccount(account: Account | null, command: readonly string[]): string[] {
  const death = ["setpriv", "--pdeathsig", "QUIT"];
  if (account === null) return [...death, ...command];
  return [...death, "--reuid", `${account.uid}`, "--regid", `${account.gid}`, "--clear-groups", ...command];
}

/** Binaries that the account can run: the originals, or a copy where a folder above them is closed to it. */
function reachableBinaries(original: string, home: string, account: Account | null): string {
  const probe = Bun.spawnSync(asAccount(account, [join(original, "postgres"), "--version"]));
  if (probe.exitCode === 0) return original;
  const copy = join(home, "server");
  cpSync(dirname(original), copy, { recursive: true, verbatimSymlinks: true });
  return join(copy, "bin");
}

async function freePort(): Promise<number> {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

function serverEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C.UTF-8", TZ: "UTC" };
}

function initialise(binaries: string, data: string, account: Account | null): void {
  const options = ["-U", SUPERUSER, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "--no-sync", "-D", data];
  const run = Bun.spawnSync(asAccount(account, [join(binaries, "initdb"), ...options]), {
    cwd: "/",
    env: serverEnvironment(),
  });
  if (run.exitCode !== 0) throw new Error(`initdb failed: ${run.stderr}${run.stdout}`);
}

function configure(data: string, server: { port: number; socket: string }, options: ServerOptions): void {
  const settings = [
    "listen_addresses = '127.0.0.1'",
    `port = ${server.port}`,
    `unix_socket_directories = '${server.socket}'`,
    "fsync = off",
    "full_page_writes = off",
    "shared_buffers = '32MB'",
    "max_wal_size = '256MB'",
    "max_connections = 60",
    "password_encryption = 'scram-sha-256'",
    "timezone = 'UTC'",
    ...(options.settings ?? []),
  ];
  const rules = [
    ...(options.accessRules ?? []),
    "local all all trust",
    "local replication all trust",
    "host all all 127.0.0.1/32 scram-sha-256",
    "host all all ::1/128 scram-sha-256",
  ];
  const file = join(data, "postgresql.conf");
  writeFileSync(file, `${readFileSync(file, "utf8")}\n${settings.join("\n")}\n`);
  writeFileSync(join(data, "pg_hba.conf"), `${rules.join("\n")}\n`);
}

async function launch(server: Omit<Server, "pid">, account: Account | null): Promise<Bun.Subprocess> {
  const log = Bun.file(server.logFile);
  const child = Bun.spawn(asAccount(account, [join(server.binaries, "postgres"), "-D", server.dataDirectory]), {
    cwd: "/",
    env: serverEnvironment(),
    stdin: "ignore",
    stdout: log,
    stderr: log,
  });
  const pidFile = join(server.dataDirectory, "postmaster.pid");
  for (let waited = 0; waited < START_TIMEOUT_MS; waited += POLL_MS) {
    if (child.exitCode !== null) break;
    const ready = existsSync(pidFile) && readFileSync(pidFile, "utf8").split("\n")[7]?.trim() === "ready";
    if (ready) return child;
    await Bun.sleep(POLL_MS);
  }
  child.kill("SIGKILL");
  throw new Error(`PostgreSQL ${server.major} did not start: ${readFileSync(server.logFile, "utf8").slice(-2000)}`);
}

/** Starts a server of one's own; `stop()` ends it and removes its folder. */
export async function startServer(major: Major, options: ServerOptions = {}): Promise<OwnServer> {
  const account = serverAccount();
  const place = makePlace(options.data ?? "in memory");
  const binaries = reachableBinaries(binariesOf(major), place.home, account);
  for (const folder of [place.data, place.socket]) makeFolder(folder, account);
  initialise(binaries, place.data, account);
  const port = await freePort();
  configure(place.data, { port, socket: place.socket }, options);
  return runServer({ place, binaries, port, major }, account);
}

/** Starts a hot standby of a server, on a copy of it: both must be ended. */
export async function startStandby(primary: Server): Promise<OwnServer> {
  const account = serverAccount();
  const place = makePlace("in memory");
  const { binaries, major } = primary;
  for (const folder of [place.data, place.socket]) makeFolder(folder, account);
  const from = ["-h", primary.socketDirectory, "-p", `${primary.port}`, "-U", SUPERUSER];
  const copy = [join(binaries, "pg_basebackup"), ...from, "-D", place.data, "-R", "-c", "fast", "--no-sync"];
  const run = Bun.spawnSync(asAccount(account, copy), { cwd: "/", env: serverEnvironment() });
  if (run.exitCode !== 0) throw new Error(`pg_basebackup failed: ${run.stderr}`);
  const port = await freePort();
  configure(place.data, { port, socket: place.socket }, {});
  return runServer({ place, binaries, port, major }, account);
}

function makeFolder(folder: string, account: Account | null): void {
  mkdirSync(folder, { mode: 0o700 });
  if (account !== null) chownSync(folder, account.uid, account.gid);
}

type Installed = Pick<Server, "binaries" | "port" | "major"> & { readonly place: Place };

async function runServer({ place, binaries, port, major }: Installed, account: Account | null): Promise<OwnServer> {
  const { home, data, socket } = place;
  if (account !== null) chmodSync(socket, 0o755);
  const described = { major, port, socketDirectory: socket, dataDirectory: data, logFile: join(home, "log"), binaries };
  let child = await launch(described, account);
  return {
    ...described,
    get pid() {
      return child.pid;
    },
    async stop(mode = "immediate") {
      child.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
      await child.exited;
      removePlace(place);
    },
    async restart() {
      child.kill("SIGQUIT");
      await child.exited;
      rmSync(join(data, "postmaster.pid"), { force: true });
      child = await launch(described, account);
    },
  };
}
