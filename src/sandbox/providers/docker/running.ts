/**
 * docker/running: a server in a container that answers, as the steps see it, and its end.
 *
 * Removes one container by name and label, ends the engine's client by number and start time, and removes one
 * directory by name and marker. Called by docker.ts.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import type { ServerTarget } from "../../../kernel/conninfo/target.ts";
import { Failure } from "../../../kernel/failure.ts";
import { toolEnvironment } from "../../../readiness/service-state/tool.ts";
import { endProcess } from "../../leftovers/end-process.ts";
import { removeFromEngine } from "../../leftovers/engine-resource.ts";
import { removeMarkedDirectory } from "../../leftovers/marked-directory.ts";
import { type Removal, removeAll, type StopReport } from "../../leftovers/removal.ts";
import type { EngineResource, ProcessResource, Resource } from "../../leftovers/resource.ts";
import { askServer } from "../first-answer.ts";
import type { Place } from "../place.ts";
import {
  type ClientName,
  type ClientProgram,
  FIRST_DATABASE,
  type Isolation,
  type Login,
  type RunningServer,
  type StartOrder,
  SUPERUSER,
} from "../provider.ts";
import { PORT, type SocketPlace, socketTarget, socketUrl } from "../socket-target.ts";
import { INSIDE } from "./container-words.ts";
import { inspectNetwork } from "./inspect.ts";
import type { DockerSettings } from "./settings.ts";

export type DockerParts = {
  readonly order: StartOrder;
  readonly settings: DockerSettings;
  readonly place: Place;
  /** The engine's client, which shows the container's output. Null before it was started, and once it has ended. */
  process: ProcessResource | null;
};

export function runningDocker(parts: DockerParts, version: string): RunningServer {
  const place = socketPlace(parts);
  return {
    ...{ name: parts.order.name, provider: "docker", lacks: [], version, logFile: logFileOf(parts) },
    target: (login) => socketTarget(place, login),
    url: (login) => socketUrl(place, login),
    client: (program, login) => client(parts, program, login),
    isolation: () => isolation(parts),
    owned: () => owned(parts),
    stop: () => stopDocker(parts),
  };
}

export function dockerTarget(parts: DockerParts, login: Login): ServerTarget {
  return socketTarget(socketPlace(parts), login);
}

export function logFileOf({ order }: DockerParts): string {
  return join(order.workDirectory, `${order.name}.log`);
}

export function containerOf({ order, settings }: DockerParts): EngineResource {
  return { kind: "container", name: order.name, command: settings.command };
}

function socketPlace({ order, place }: DockerParts): SocketPlace {
  return { server: order.name, directory: place.door, passwords: order.passwords };
}

/** In the container, so of the server's version; as our own user there, who alone may read the password file. */
function client({ order, settings }: DockerParts, program: ClientName, { role, database }: Login): ClientProgram {
  const variables = {
    PGHOST: INSIDE.socket,
    PGPORT: `${PORT}`,
    PGUSER: role,
    PGDATABASE: database,
    PGPASSFILE: `${INSIDE.passwords}/pgpass`,
  };
  const named = Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  const us = `${process.geteuid?.()}:${process.getegid?.()}`;
  return {
    command: [...settings.command, "exec", "--interactive", "--user", us, ...named, order.name, program],
    environment: toolEnvironment(settings.environment),
  };
}

async function isolation(parts: DockerParts): Promise<Isolation | Failure> {
  const answer = await askServer(dockerTarget(parts, { role: SUPERUSER, database: FIRST_DATABASE }));
  if (answer instanceof Failure) return answer;
  const network = await inspectNetwork(parts.settings, {
    name: parts.order.name,
    shown: [parts.place.home, parts.order.passwords.directory],
  });
  if (network instanceof Failure) return network;
  const asked = "listen_addresses of the server; docker container inspect; /proc/net/tcp and tcp6 in the container";
  return { listenAddresses: answer.listenAddresses, ...network, asked };
}

function owned(parts: DockerParts): readonly Resource[] {
  const { process, place } = parts;
  const running = process === null ? [] : [containerOf(parts), process];
  return [...running, ...(fs.existsSync(place.home) ? [directoryOf(place)] : [])];
}

function directoryOf({ home }: Place): Resource {
  return { kind: "directory", path: home };
}

/**
 * The engine's client first: it passes the signal on to the server, and one that is still asking for the container
 * would make it after it was removed. The directory stays while the container may use it.
 */
export async function stopDocker(parts: DockerParts): Promise<StopReport> {
  const { place, order, settings, process } = parts;
  const { token } = order.record;
  const container = containerOf(parts);
  let standing: string | null = null;
  const removals: Removal[] = [];
  if (process !== null) removals.push({ resource: process, remove: () => endClient(parts, process) });
  removals.push({
    resource: container,
    remove: async () => {
      standing = await removeFromEngine(container, token, settings.environment);
      return standing;
    },
  });
  removals.push({
    resource: directoryOf(place),
    remove: async () => {
      if (standing !== null) return `the container ${order.name} may still use it`;
      return removeMarkedDirectory(place.home, token);
    },
  });
  return removeAll(removals, order.record);
}

async function endClient(parts: DockerParts, process: ProcessResource): Promise<string | null> {
  const reason = await endProcess(process);
  if (reason === null) parts.process = null;
  return reason;
}
