/**
 * docker/container-words: how the container of a sandbox's server is started: with no network and no right.
 *
 * No port, no capability, nothing to write to but memory and one socket's directory, and bounds on processes and
 * memory. It is removed when it ends. No secret is among the words: passwords lie in files that are shown to it. Pure.
 * Called by docker.ts.
 */
import { limits } from "../../../kernel/limits.ts";
import { LABEL } from "../../leftovers/engine-resource.ts";
import { SUPERUSER } from "../provider.ts";
import { BASE_SETTINGS } from "../server-settings.ts";
import { PORT } from "../socket-target.ts";
import type { Image } from "./image.ts";

/** Where things of ours are in the container. */
export const INSIDE = {
  socket: "/var/run/postgresql",
  passwords: "/run/cutter/passwords",
  start: "/run/cutter/start",
} as const;

export type ContainerOrder = {
  readonly name: string;
  readonly token: string;
  readonly image: Image;
  /** Whom the server runs as, inside and outside. */
  readonly uid: number;
  readonly gid: number;
  /** Directories of ours, and a file in the form of passwd(5) that names the user. */
  readonly socket: string;
  readonly passwords: string;
  readonly start: string;
  readonly passwd: string;
  readonly settings: Readonly<Record<string, string>>;
};

const INITDB = "--auth-local=scram-sha-256 --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --wal-segsize=1";

/** Words behind `docker`. */
export function containerWords(order: ContainerOrder): readonly string[] {
  const { name, token, image, uid, gid } = order;
  const memory = `${limits.containerMemoryMegabytes}m`;
  return [
    ...["run", "--rm", "--name", name, "--label", `${LABEL}=${token}`, "--pull", "never"],
    ...["--network", "none", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only"],
    ...["--user", `${uid}:${gid}`, "--pids-limit", `${limits.containerProcesses}`],
    ...["--memory", memory, "--memory-swap", memory, "--log-driver", "none"],
    ...mounts(order),
    ...environment(image),
    image.id,
    "postgres",
    ...settingWords(order.settings),
  ];
}

/** Over each volume of the image too: otherwise the engine would make one, which lasts. */
function mounts({ image, uid, gid, socket, passwords, start, passwd }: ContainerOrder): readonly string[] {
  const owned = `rw,nosuid,nodev,noexec,mode=0700,uid=${uid},gid=${gid}`;
  const memory = image.memory.map((path) => `${path}:${owned},size=${limits.containerDataMegabytes}m`);
  return [
    ...[...memory, "/tmp:rw,nosuid,nodev,noexec,mode=1777,size=64m"].flatMap((one) => ["--tmpfs", one]),
    ...bind(socket, INSIDE.socket, "writable"),
    ...bind(passwords, INSIDE.passwords, "readonly"),
    ...bind(start, INSIDE.start, "readonly"),
    ...bind(passwd, "/etc/passwd", "readonly"),
  ];
}

function bind(from: string, to: string, how: "writable" | "readonly"): readonly string[] {
  return ["--mount", `type=bind,source=${from},target=${to}${how === "readonly" ? ",readonly" : ""}`];
}

/** As the PostgreSQL image's entrypoint reads them. */
function environment({ data }: Image): readonly string[] {
  const variables = {
    POSTGRES_USER: SUPERUSER,
    POSTGRES_DB: SUPERUSER,
    POSTGRES_PASSWORD_FILE: `${INSIDE.start}/password`,
    POSTGRES_INITDB_ARGS: INITDB,
    PGDATA: data,
    PGPORT: `${PORT}`,
  };
  return Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
}

function settingWords(settings: Readonly<Record<string, string>>): readonly string[] {
  const closed = { listen_addresses: "", unix_socket_directories: INSIDE.socket, port: `${PORT}`, ssl: "off" };
  const all = { ...BASE_SETTINGS, ...settings, ...closed };
  return Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
