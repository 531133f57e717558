/**
 * open: from a target to a session that is logged in, or a coded Failure. The only way to get a session.
 *
 * Connects to nothing but what the target names, and reads nothing from the environment. A server and the embedded
 * engine give the same kind of session. Opens none once the process is ending. Called by whoever needs a database.
 */
import type { EmbeddedTarget, ServerTarget, Target } from "../conninfo/target.ts";
import { registerSecret } from "../evidence/redaction.ts";
import { Failure } from "../failure.ts";
import { VERSION } from "../version.ts";
import { checkAttributes } from "./attributes.ts";
import { requestCancel } from "./cancel.ts";
import { NO_CERTIFICATES, readCertificates } from "./certificates.ts";
import { Channel } from "./channel.ts";
import { type Connection, describeAddress } from "./connect.ts";
import { preloadDriver } from "./driver.ts";
import { GuardedSession } from "./guarded-session.ts";
import { type Attempt, firstUsable } from "./hosts.ts";
import { type LoginReply, login } from "./login.ts";
import { processEnding } from "./registry.ts";
import type { LoginFacts, Session, SessionSettings } from "./session.ts";

const EMBEDDED_ADDRESS = "in this process";
const EMBEDDED_ROLE = "postgres";

export async function openSession(target: Target, settings: SessionSettings): Promise<Session | Failure> {
  const ending = endingFor(settings);
  if (ending.aborted) return ending.reason as Failure;
  const session =
    target.kind === "embedded" ? await openEmbedded(target, settings) : await openServer(target, settings);
  if (session instanceof Failure || !ending.aborted) return session;
  await session.close();
  return ending.reason as Failure;
}

const NEVER = new AbortController().signal;

function endingFor({ whileEnding = "refused" }: SessionSettings): AbortSignal {
  return whileEnding === "opened" ? NEVER : processEnding;
}

async function openServer(target: ServerTarget, settings: SessionSettings): Promise<Session | Failure> {
  preloadDriver();
  for (const { password } of target.hosts) if (password !== null) registerSecret(password);
  const certificates = needsTls(target) ? await readCertificates(target) : NO_CERTIFICATES;
  if (certificates instanceof Failure) return certificates;
  return firstUsable({
    target,
    certificates,
    ending: endingFor(settings),
    logIn: (attempt) => logInToServer(attempt, target, settings),
  });
}

function needsTls({ sslMode, hosts }: ServerTarget): boolean {
  return sslMode !== "disable" && hosts.some(({ host, hostaddr }) => hostaddr !== null || !host.startsWith("/"));
}

async function logInToServer(
  attempt: Attempt,
  target: ServerTarget,
  settings: SessionSettings,
): Promise<Session | Failure> {
  const { connection, signal } = attempt;
  const address = describeAddress(connection.way.address);
  const channel = new Channel(connection.stream, address);
  const broken = (): void => channel.abandon(signal.reason as Failure);
  signal.addEventListener("abort", broken);
  if (signal.aborted) broken();
  const reply = await login(channel, {
    user: target.user,
    password: attempt.password,
    parameters: startupParameters(target, settings),
    address,
    readable: isReadable(connection) ? "by others" : "by the server only",
  });
  if (reply instanceof Failure) return endLogin(channel, reply);
  const { backendPid, cancelKey, reported, notices } = reply;
  const session = new GuardedSession({
    label: settings.label,
    wallClockMs: settings.wallClockMs,
    login: { ...loginFacts(reply), engine: "server", address, tls: connection.tls },
    channel,
    requestCancel: () => requestCancel({ way: connection.way, backendPid, cancelKey }),
    loginNotices: notices,
  });
  const mismatch = await checkAttributes({ session, settings, reported, wanted: attempt.wanted });
  signal.removeEventListener("abort", broken);
  if (mismatch === null) return session;
  await session.close();
  return mismatch;
}

function isReadable({ tls, way }: Connection): boolean {
  return tls === null && way.address.kind === "tcp";
}

/** What we set cannot be overridden by settings; what the operator asked for wins over our own name. */
function startupParameters(target: ServerTarget, settings: SessionSettings): Record<string, string> {
  return {
    application_name: target.applicationName ?? `cutter/${VERSION} ${settings.label}`,
    ...settings.parameters,
    ...(target.options === null ? {} : { options: target.options }),
    database: target.database,
    client_encoding: "UTF8",
  };
}

async function openEmbedded({ engine }: EmbeddedTarget, settings: SessionSettings): Promise<Session | Failure> {
  const { openEmbeddedStream } = await import("../embedded/embedded.ts");
  const stream = await (engine === undefined ? openEmbeddedStream() : engine.openStream());
  if (stream instanceof Failure) return stream;
  const channel = new Channel(stream, EMBEDDED_ADDRESS);
  const reply = await login(channel, {
    user: EMBEDDED_ROLE,
    password: null,
    parameters: { database: EMBEDDED_ROLE, client_encoding: "UTF8" },
    address: EMBEDDED_ADDRESS,
    readable: "by the server only",
  });
  if (reply instanceof Failure) return endLogin(channel, reply);
  const session = new GuardedSession({
    label: settings.label,
    wallClockMs: settings.wallClockMs,
    login: { ...loginFacts(reply), engine: "embedded", address: EMBEDDED_ADDRESS, tls: null },
    channel,
    requestCancel: async () => {
      stream.cancel();
      return null;
    },
    loginNotices: reply.notices,
  });
  // The engine was started before this login, so what a server takes from the startup packet is set now.
  for (const [name, value] of Object.entries(settings.parameters ?? {})) {
    const set = await session.query("SELECT pg_catalog.set_config($1, $2, false)", [name, value]);
    if (!(set instanceof Failure)) continue;
    await session.close();
    return set;
  }
  return session;
}

/** A connection that ends during the login was never a session; why it ended stays. */
function endLogin(channel: Channel, failure: Failure): Failure {
  const { code, message, facts, cause } = failure;
  channel.abandon(failure);
  if (code !== "SESSION_LOST" || failure === processEnding.reason) return failure;
  return new Failure("CONNECT_FAILED", `${message}, during the login`, { facts, cause });
}

function loginFacts({ backendPid, reported }: LoginReply): Omit<LoginFacts, "engine" | "address" | "tls"> {
  const serverVersion = reported.server_version ?? "";
  const inHotStandby = reported.in_hot_standby === "on";
  return { backendPid, serverVersion, serverVersionNumber: versionNumber(serverVersion), inHotStandby };
}

/** `15.18 (Debian …)` → 150018, `9.6.3` → 90603, `19beta1` → 190000, anything else → 0. */
export function versionNumber(serverVersion: string): number {
  const [, major, minor = "0", patch = "0"] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(serverVersion) ?? [];
  if (major === undefined) return 0;
  if (Number(major) >= 10) return Number(major) * 10_000 + Number(minor);
  return Number(major) * 10_000 + Number(minor) * 100 + Number(patch);
}
