/**
 * docker-engine: a container engine for tests, started and ended by pid, with an image of this machine's PostgreSQL.
 *
 * It has network and mount namespaces of its own, so that nothing of it is seen on this machine; its socket, data and
 * state lie in one temporary folder. No service is started, nothing is pulled. Where none can be had, the reason is
 * told and printed: a test that did not run must not look as if it had passed.
 */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export type DockerEngine = {
  /** For programs that talk to it: PATH, DOCKER_HOST, HOME. */
  readonly environment: Readonly<Record<string, string>>;
  /** The name of the image. */
  readonly image: string;
  /** What a `docker` with these words says; throws where it fails. */
  docker(...words: readonly string[]): string;
  stop(): Promise<void>;
};

const START_TIMEOUT_MS = 60_000;
const IMAGE = "cutter-test-postgres:latest";

/** The engine, or why there is none; the reason is printed. */
export async function startDockerEngine(): Promise<DockerEngine | { readonly skipped: string }> {
  const reason = whyNone();
  const started = reason === null ? await launch() : { skipped: reason };
  if ("skipped" in started) process.stderr.write(`SKIPPED: no container engine: ${started.skipped}\n`);
  return started;
}

function whyNone(): string | null {
  if (process.geteuid?.() !== 0) return "only root can start one";
  const missing = ["dockerd", "docker", "unshare", "setpriv"].find((name) => Bun.which(name) === null);
  if (missing !== undefined) return `${missing} is not installed (apt-get install docker.io)`;
  return serverFolder() === null ? "this machine has no PostgreSQL with psql below /usr/lib/postgresql" : null;
}

async function launch(): Promise<DockerEngine | { readonly skipped: string }> {
  const folder = fs.mkdtempSync(join(tmpdir(), "cutter-docker-"));
  const socket = `unix://${join(folder, "docker.sock")}`;
  const places = ["--data-root", "data", "--exec-root", "exec", "--pidfile", "pid"];
  const words = places.map((word) => (word.startsWith("--") ? word : join(folder, word)));
  const closed = ["--iptables=false", "--ip6tables=false", "--bridge=none", "--storage-driver=vfs"];
  const log = fs.openSync(join(folder, "log"), "w");
  const own = ["setpriv", "--pdeathsig", "TERM", "unshare", "--mount", "--net"];
  const engine = Bun.spawn([...own, "dockerd", "--host", socket, ...words, ...closed], { stdio: ["ignore", log, log] });
  fs.closeSync(log);
  const environment = { PATH: process.env.PATH ?? "", DOCKER_HOST: socket, HOME: folder };
  const stop = async (): Promise<void> => {
    engine.kill("SIGTERM");
    await engine.exited;
    fs.rmSync(folder, { recursive: true, force: true });
  };
  const late = Date.now() + START_TIMEOUT_MS;
  while (engine.exitCode === null && Date.now() < late) {
    if (run(["docker", "version"], environment).ok) return await withImage({ environment, folder, stop });
    await Bun.sleep(100);
  }
  const said = fs.readFileSync(join(folder, "log"), "utf8").trim().split("\n");
  await stop();
  return { skipped: `dockerd did not start: ${said.slice(-2).join("; ")}` };
}

type Started = Pick<DockerEngine, "environment" | "stop"> & { readonly folder: string };

/** A container that cannot be started here (no privileges for it) is a reason to skip, too. */
async function withImage({ environment, folder, stop }: Started): Promise<DockerEngine | { readonly skipped: string }> {
  makeImage(environment, join(folder, "image"));
  const tried = run(
    ["docker", "run", "--rm", "--network", "none", "--entrypoint", "cat", IMAGE, "/etc/passwd"],
    environment,
  );
  if (!tried.ok) {
    await stop();
    return { skipped: `a container cannot be started: ${tried.output.trim()}` };
  }
  const docker = (...words: readonly string[]): string => {
    const { ok, output } = run(["docker", ...words], environment);
    if (!ok) throw new Error(`docker ${words.join(" ")}: ${output}`);
    return output.trim();
  };
  return { environment, image: IMAGE, docker, stop };
}

function run(command: readonly string[], env: Readonly<Record<string, string>>): { ok: boolean; output: string } {
  const ran = Bun.spawnSync([...command], { env: { ...env } });
  return { ok: ran.exitCode === 0, output: `${ran.stdout}${ran.exitCode === 0 ? "" : ran.stderr}` };
}

function serverFolder(): string | null {
  const all = "/usr/lib/postgresql";
  const versions = fs.existsSync(all) ? fs.readdirSync(all) : [];
  return versions.map((version) => join(all, version)).find((one) => fs.existsSync(join(one, "bin", "psql"))) ?? null;
}

/**
 * What the entrypoint of the PostgreSQL image does, in its order: initdb with the password from a file, a server for
 * setting up that answers on the same socket, and only then the real one, as process 1.
 */
const ENTRYPOINT = `#!/bin/bash
set -Eeo pipefail
chmod 00700 "$PGDATA"
chmod 03775 /var/run/postgresql
export POSTGRES_PASSWORD="$(< "$POSTGRES_PASSWORD_FILE")"
unset POSTGRES_PASSWORD_FILE
eval 'initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\\n" "$POSTGRES_PASSWORD") '"$POSTGRES_INITDB_ARGS"
printf 'host all all all %s\\n' "$(postgres -C password_encryption "\${@:2}")" >> "$PGDATA/pg_hba.conf"
export PGPASSWORD="$POSTGRES_PASSWORD"
PGUSER="$POSTGRES_USER" pg_ctl -D "$PGDATA" -o "$(printf '%q ' "\${@:2}" -c listen_addresses='')" -w start
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc -d postgres -c 'SELECT pg_sleep(1)'
PGUSER="$POSTGRES_USER" pg_ctl -D "$PGDATA" -m fast -w stop
unset PGPASSWORD
exec "$@"
`;

const PROGRAMS = ["bash", "cat", "chmod", "sleep"];
const SHELLS = ["/bin/sh", "/bin/bash"];

function makeImage(environment: Readonly<Record<string, string>>, extra: string): void {
  const server = serverFolder() ?? "";
  for (const folder of ["etc", "tmp", "usr/local/bin", "var/run/postgresql", "var/lib/postgresql/data"]) {
    fs.mkdirSync(join(extra, folder), { recursive: true });
  }
  fs.writeFileSync(join(extra, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
  fs.writeFileSync(join(extra, "usr/local/bin/entrypoint"), ENTRYPOINT, { mode: 0o755 });
  const programs = PROGRAMS.map((name) => Bun.which(name) ?? name);
  const binaries = [...programs, ...below(join(server, "bin")), ...below(join(server, "lib"))];
  const share = server.replace("/usr/lib/", "/usr/share/");
  const paths = [server, share, "/usr/lib/locale/C.utf8", "/usr/share/zoneinfo/UTC", ...SHELLS, ...programs];
  const all = [...new Set([...paths, ...librariesOf(binaries)])].map((path) => path.slice(1));
  // An engine gives folders that the archive does not hold to root alone.
  for (const path of all) fs.mkdirSync(dirname(join(extra, path)), { recursive: true });
  const tar = ["tar", "--create", "--dereference", "--exclude=bitcode", "--directory", extra, "."];
  const archive = Bun.spawnSync([...tar, "--directory", "/", ...all]);
  if (archive.exitCode !== 0) throw new Error(`tar: ${archive.stderr}`);
  const said = [
    `ENV PATH=${join(server, "bin")}:/usr/local/bin:/usr/bin:/bin`,
    "ENV PGDATA=/var/lib/postgresql/data",
    "VOLUME /var/lib/postgresql/data",
    'ENTRYPOINT ["/usr/local/bin/entrypoint"]',
  ].flatMap((line) => ["--change", line]);
  const made = Bun.spawnSync(["docker", "import", ...said, "-", IMAGE], {
    env: { ...environment },
    stdin: archive.stdout,
  });
  if (made.exitCode !== 0) throw new Error(`docker import: ${made.stderr}`);
}

function below(folder: string): readonly string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    return entry.isDirectory() ? [] : [join(folder, entry.name)];
  });
}

/** As the loader of this machine finds them; what is no program has none. */
function librariesOf(files: readonly string[]): readonly string[] {
  const { stdout } = Bun.spawnSync(["ldd", ...files]);
  return [...new Set([...`${stdout}`.matchAll(/(?:=> |^\s+)(\/\S+) \(0x/gm)].map(([, path = ""]) => path))];
}
