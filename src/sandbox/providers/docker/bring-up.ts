/**
 * docker/bring-up: the files that a container is shown, its start, and the wait until its own server answers.
 *
 * The image's entrypoint first runs a server only to set it up, which answers too: the real one is process 1. It is
 * told a password that is of no use any more once it is up. Called by docker.ts.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { sleep } from "../../../kernel/clock.ts";
import { Failure } from "../../../kernel/failure.ts";
import { limits } from "../../../kernel/limits.ts";
import { errnoOf, failedCall } from "../../../kernel/private-files/errno.ts";
import { openSession } from "../../../kernel/session/open.ts";
import { processEnding } from "../../../kernel/session/registry.ts";
import { toolEnvironment } from "../../../readiness/service-state/tool.ts";
import { askEngine, findInEngine } from "../../leftovers/engine-resource.ts";
import { isRunning } from "../../leftovers/process-identity.ts";
import type { Account } from "../account.ts";
import { openDoor } from "../door.ts";
import { askServer } from "../first-answer.ts";
import { oneTimePassword } from "../passwords.ts";
import type { Place } from "../place.ts";
import { FIRST_DATABASE, type RunningServer, SUPERUSER } from "../provider.ts";
import { notReady, startServerProcess } from "../server-process.ts";
import { containerWords } from "./container-words.ts";
import type { Image } from "./image.ts";
import { containerOf, type DockerParts, dockerTarget, logFileOf, runningDocker } from "./running.ts";

export type Ready = { readonly account: Account; readonly image: Image };

export async function bringUp(
  parts: DockerParts,
  { account, image }: Ready,
  remainingMs: () => number,
): Promise<RunningServer | Failure> {
  const { order, settings } = parts;
  const { passwords, record, name } = order;
  const standing = await findInEngine(containerOf(parts), settings.environment);
  if (standing !== null) return alreadyThere(name, standing);
  const added = passwords.add([SUPERUSER]);
  if (added !== null) return added;
  const initial = oneTimePassword();
  const shown = writeFiles(parts.place, account, initial);
  if (shown instanceof Failure) return shown;
  const noted = record.add(containerOf(parts));
  if (noted !== null) return noted;
  const logFile = logFileOf(parts);
  const { uid, gid } = account;
  const container = { name, image, uid, gid, token: record.token, settings: order.settings };
  const words = containerWords({ ...container, ...shown, passwords: passwords.directory });
  // At the death of this process the engine's client is told to quit, and passes that on to the server.
  const command = ["setpriv", "--pdeathsig", "QUIT", ...settings.command, ...words];
  const environment = toolEnvironment(settings.environment);
  const process = await startServerProcess({ command, logFile, record, environment });
  if (process instanceof Failure) return process;
  parts.process = process;
  const late = await waitUntilReady(parts, image.data, remainingMs);
  const shut = late ?? openDoor(parts.place);
  if (shut !== null) return shut;
  return (await setPassword(parts, initial)) ?? (await firstAnswer(parts, shown));
}

function alreadyThere(name: string, standing: { readonly id: string } | { readonly reason: string }): Failure {
  if ("reason" in standing) return new Failure("SANDBOX_SERVER_FAILED", standing.reason);
  return new Failure("FILE_EXISTS", `there is a container ${name} already`, {
    hint: "cutter sandbox sweep removes what a sandbox of that name left; or choose another name.",
    data: "It was left as it is, and no database was touched.",
  });
}

type Shown = Pick<Parameters<typeof containerWords>[0], "socket" | "start" | "passwd">;

/** In the server's directory, which is closed to everybody but us and the engine. */
function writeFiles({ home, socket }: Place, account: Account, initial: string): Shown | Failure {
  const { uid, gid } = account;
  const [start, passwd] = [join(home, "start"), join(home, "passwd")];
  try {
    fs.mkdirSync(socket, { mode: 0o711 });
    fs.mkdirSync(start, { mode: 0o711 });
    fs.writeFileSync(join(start, "password"), initial, { flag: "wx", mode: 0o600 });
    const users = ["root:x:0:0:root:/:/bin/sh", `postgres:x:${uid}:${gid}:PostgreSQL:/tmp:/bin/sh`];
    fs.writeFileSync(passwd, `${users.join("\n")}\n`, { flag: "wx", mode: 0o600 });
    // Whatever the umask left of these.
    for (const path of [socket, start]) fs.chmodSync(path, 0o711);
    fs.chmodSync(passwd, 0o644);
    if (account.is === "dropped") for (const path of [socket, join(start, "password")]) fs.chownSync(path, uid, gid);
    return { socket, start, passwd };
  } catch (error) {
    const facts = { path: home, errno: errnoOf(error) };
    return new Failure("FILE_WRITE_FAILED", failedCall(`write into ${home}`, error), { facts, cause: error });
  }
}

async function waitUntilReady(parts: DockerParts, data: string, remainingMs: () => number): Promise<Failure | null> {
  const { order, settings, process } = parts;
  const ask = ["exec", order.name, "cat", `${data}/postmaster.pid`];
  while (remainingMs() > 1) {
    // Not there yet, or not running yet: that is no answer, and is asked again.
    const answer = await askEngine(settings.command, ask, settings.environment);
    const lines = "output" in answer ? answer.output.split("\n") : [];
    if (lines[0] === "1" && lines[7]?.trim() === "ready") return null;
    if (process === null || !isRunning(process)) return notReady("the container ended", logFileOf(parts));
    if (processEnding.aborted) return processEnding.reason as Failure;
    await sleep(limits.containerPollMs);
  }
  return notReady(`it was not ready after ${order.timeoutMs} ms`, logFileOf(parts));
}

async function setPassword(parts: DockerParts, initial: string): Promise<Failure | null> {
  const login = dockerTarget(parts, { role: SUPERUSER, database: FIRST_DATABASE });
  const hosts = login.hosts.map((host) => ({ ...host, password: initial }));
  const session = await openSession({ ...login, hosts }, { label: "sandbox", parameters: { log_statement: "none" } });
  if (session instanceof Failure) return session;
  try {
    const verifier = parts.order.passwords.verifier(SUPERUSER);
    const set = await session.query(`ALTER ROLE ${SUPERUSER} PASSWORD '${verifier}'`);
    return set instanceof Failure ? set : null;
  } finally {
    await session.close();
  }
}

async function firstAnswer(parts: DockerParts, { start }: Shown): Promise<RunningServer | Failure> {
  const answer = await askServer(dockerTarget(parts, { role: SUPERUSER, database: FIRST_DATABASE }));
  if (answer instanceof Failure) return answer;
  fs.rmSync(join(start, "password"), { force: true });
  return runningDocker(parts, answer.version);
}
