/**
 * sshd: a real ssh server on loopback for one test file, with a port, keys and configuration of its own.
 *
 * As root it belongs to a user that is made for it and removed with it; otherwise to whoever runs the test. Where the
 * machine has no sshd, Debian's package is fetched and unpacked into .cache, which starts nothing. `skipped` says why
 * there is none. Each key may have a command of its own, as a host that does something to what it is sent. Never used
 * by the program.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../database/files.ts";

const ROOT = join(import.meta.dirname, "../..");
const UNPACKED = join(ROOT, ".cache/openssh-server");
const USER = `cutter-t${process.pid}`;
const PATIENCE_MS = 10_000;

export type SshServer = {
  /** ssh's configuration: a host for each of the commands, by its name, and `plain`. */
  readonly configuration: string;
  /** A folder of the user's there. */
  readonly home: string;
  readonly uid: number;
  /** Ends the server and its part of every session, at once; what a session has started lives on. */
  kill(): void;
  start(): Promise<void>;
  /** The end of all of it. */
  remove(): void;
};

/** `commands`: what a host of that name does with `$SSH_ORIGINAL_COMMAND`. */
export async function startSshServer(
  commands: Readonly<Record<string, string>>,
): Promise<SshServer | { readonly skipped: string }> {
  const program = findProgram();
  const account = program === null ? null : makeAccount();
  if (program === null || account === null) {
    const skipped = program === null ? "there is no sshd, and none could be fetched" : "no user could be made";
    process.stderr.write(`SKIPPED: deployments: ${skipped}\n`);
    return { skipped };
  }
  const folder = temporaryFolder();
  fs.chmodSync(folder, 0o755);
  fs.chmodSync(join(folder, ".."), 0o755);
  const files = await makeFiles(folder, { commands, account });
  let server: Bun.Subprocess | null = null;
  const kill = (): void => {
    if (server === null) return;
    for (const pid of [...descendants(server.pid), server.pid]) signal(pid);
    server = null;
  };
  const start = async (): Promise<void> => {
    const as = account.words;
    server = Bun.spawn([...as, program.path, "-D", "-e", "-f", files.server], {
      ...{ env: program.environment, stdin: "ignore", stdout: "ignore" },
      stderr: Bun.file(join(folder, "log")),
    });
    await reachable(files.port, join(folder, "log"));
  };
  await start();
  const remove = (): void => {
    kill();
    account.remove();
  };
  return { configuration: files.client, home: files.home, uid: account.uid, kill, start, remove };
}

type Program = { readonly path: string; readonly environment: Record<string, string> };

function findProgram(): Program | null {
  const environment = { PATH: "/usr/bin:/bin" };
  if (fs.existsSync("/usr/sbin/sshd")) return { path: "/usr/sbin/sshd", environment };
  const path = join(UNPACKED, "usr/sbin/sshd");
  if (!fs.existsSync(path)) unpack();
  const libraries = ["usr/lib", "lib"].map((place) => join(UNPACKED, place, `${uname("-m")}-linux-gnu`)).join(":");
  return fs.existsSync(path) ? { path, environment: { ...environment, LD_LIBRARY_PATH: libraries } } : null;
}

/** Unpacked and not installed: an installed one would be started, for everybody. */
function unpack(): void {
  fs.mkdirSync(UNPACKED, { recursive: true });
  const script =
    "apt-get download -qq openssh-server libwrap0 && for f in *.deb; do dpkg-deb -x $f .; done; rm -f *.deb";
  Bun.spawnSync(["/bin/sh", "-c", script], { cwd: UNPACKED, stdin: "ignore", timeout: 60_000 });
}

function uname(word: string): string {
  return `${Bun.spawnSync(["uname", word]).stdout}`.trim();
}

type Account = {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** What runs a program as this user. */
  readonly words: readonly string[];
  remove(): void;
};

function makeAccount(): Account | null {
  const uid = process.getuid?.() ?? -1;
  if (uid !== 0) {
    const name = `${Bun.spawnSync(["id", "-un"]).stdout}`.trim();
    return { name, uid, gid: process.getgid?.() ?? -1, words: [], remove: () => {} };
  }
  const made = Bun.spawnSync(["useradd", "--system", "--no-create-home", "--shell", "/bin/sh", "-d", "/", USER]);
  if (made.exitCode !== 0) return null;
  const [own = -1, group = -1] = ["-u", "-g"].map((word) => Number(`${Bun.spawnSync(["id", word, USER]).stdout}`));
  // A new user is locked until it has a password; this one has none that could be typed.
  Bun.spawnSync(["usermod", "-p", "*", USER]);
  const words = ["setpriv", `--reuid=${own}`, `--regid=${group}`, "--clear-groups"];
  return { name: USER, uid: own, gid: group, words, remove: () => void Bun.spawnSync(["userdel", "--force", USER]) };
}

type Making = { readonly commands: Readonly<Record<string, string>>; readonly account: Account };

async function makeFiles(folder: string, { commands, account }: Making) {
  const at = (name: string): string => join(folder, name);
  const port = freePort();
  const keys = { plain: "", ...commands };
  for (const name of ["host", ...Object.keys(keys)]) {
    Bun.spawnSync(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", at(name)]);
  }
  const publicKey = (name: string): string => fs.readFileSync(at(`${name}.pub`), "utf8").trim();
  const authorized = Object.entries(keys).map(([name, command]) => {
    const forced = command === "" ? "" : `command="${command.replaceAll('"', '\\"')}" `;
    return `${forced}${publicKey(name)}\n`;
  });
  fs.writeFileSync(at("authorized_keys"), authorized.join(""));
  fs.writeFileSync(at("known_hosts"), `[127.0.0.1]:${port} ${publicKey("host")}\n`);
  const server = [
    ...[`Port ${port}`, "ListenAddress 127.0.0.1", `HostKey ${at("host")}`, "PidFile none", "UsePAM no"],
    ...[`AuthorizedKeysFile ${at("authorized_keys")}`, "PasswordAuthentication no", "StrictModes no"],
  ];
  fs.writeFileSync(at("sshd_config"), `${server.join("\n")}\n`);
  const client = Object.keys(keys).map((name) =>
    [
      ...[`Host ${name}`, "HostName 127.0.0.1", `Port ${port}`, `User ${account.name}`, `IdentityFile ${at(name)}`],
      ...[
        "IdentitiesOnly yes",
        `UserKnownHostsFile ${at("known_hosts")}`,
        "StrictHostKeyChecking yes",
        "LogLevel ERROR",
      ],
    ].join("\n  "),
  );
  fs.writeFileSync(at("config"), `${client.join("\n")}\n`);
  const home = at("home");
  fs.mkdirSync(home);
  for (const name of ["home", "host", "authorized_keys"]) fs.chownSync(at(name), account.uid, account.gid);
  return { port, server: at("sshd_config"), client: at("config"), home };
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

async function reachable(port: number, log: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    try {
      (await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => {} } })).end();
      return;
    } catch {
      await Bun.sleep(20);
    }
  }
  throw new Error(`sshd does not answer: ${fs.readFileSync(log, "utf8")}`);
}

/** The processes of sshd itself below one, the youngest first. */
function descendants(pid: number): number[] {
  const said = `${Bun.spawnSync(["ps", "-o", "pid=,comm=", "--ppid", `${pid}`]).stdout}`;
  const children = said
    .split("\n")
    .flatMap((line) => (line.trim().endsWith(" sshd") ? [Number.parseInt(line, 10)] : []));
  return children.flatMap((child) => [...descendants(child), child]);
}

function signal(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
