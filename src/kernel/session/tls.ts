/**
 * tls: encryption of a connection to a server, as libpq's sslmode means it.
 *
 * Trust is decided twice: the TLS library refuses, and we look again at what it says before a byte of ours goes out.
 * Never goes on in plain text where the mode forbids it, and never takes bytes that were sent in plain text before the
 * handshake (CVE-2021-23222). Called by connect.ts. Source: PostgreSQL manual, "SSL Support", "SSL Session Encryption".
 */
import type { Socket } from "node:net";
import { isIP } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import type { ServerTarget, SslMode } from "../conninfo/target.ts";
import { boundedText } from "../evidence/bounded-text.ts";
import { Failure } from "../failure.ts";
import type { Certificates } from "./certificates.ts";
import { encodeRequest } from "./messages.ts";

export type TlsPlan = {
  readonly mode: SslMode;
  /** The name that was asked for: what a certificate must be for, and what SNI says. */
  readonly host: string;
  readonly negotiation: ServerTarget["sslNegotiation"];
  readonly serverName: "send" | "omit";
  readonly certificates: Certificates;
};

export type Secured = {
  readonly stream: Socket | TLSSocket;
  /** e.g. `TLSv1.3 TLS_AES_256_GCM_SHA384, verify-full`; null where the server said no and the mode takes that. */
  readonly tls: string | null;
};

const SSL_REQUEST = encodeRequest(80_877_103);
const ALPN_PROTOCOL = "postgresql";
const OLDEST_TLS = "TLSv1.2";
const YES = "S";
const NO = "N";

/** Encrypts the connection, or leaves it as it is where the server refuses and the mode is `allow` or `prefer`. */
export async function secure(socket: Socket, plan: TlsPlan, signal: AbortSignal): Promise<Secured | Failure> {
  if (plan.negotiation === "postgres") {
    const answer = await askForTls(socket, signal);
    if (answer instanceof Failure) return answer;
    if (answer === "no") return refusedByServer(plan, socket);
  }
  return handshake(socket, plan, signal);
}

function refusedByServer(plan: TlsPlan, socket: Socket): Secured | Failure {
  if (plan.mode === "prefer" || plan.mode === "allow") return { stream: socket, tls: null };
  return new Failure("TLS_REFUSED", `${plan.host} does not offer TLS, and sslmode is ${plan.mode}`, {
    facts: { host: plan.host, sslmode: plan.mode },
  });
}

/** SSLRequest; exactly one byte may come back. */
function askForTls(socket: Socket, signal: AbortSignal): Promise<"yes" | "no" | Failure> {
  return untilSettled(socket, signal, (settle) => {
    const answered = (bytes: Buffer): void => {
      const answer = String.fromCharCode(bytes[0] ?? 0);
      if (bytes.length === 1 && answer === YES) settle("yes");
      else if (bytes.length === 1 && answer === NO) settle("no");
      else settle(new Failure("TLS_REFUSED", "the server did not answer the request for TLS as the protocol says"));
    };
    socket.once("data", answered);
    socket.write(SSL_REQUEST);
    return () => socket.removeListener("data", answered);
  });
}

async function handshake(socket: Socket, plan: TlsPlan, signal: AbortSignal): Promise<Secured | Failure> {
  const tls = await import("node:tls");
  const named = plan.serverName === "send" && isIP(plan.host) === 0 ? { servername: plan.host } : {};
  const { roots, certificate, key } = plan.certificates;
  const options: ConnectionOptions = {
    socket,
    ...named,
    ...(roots === null ? {} : { ca: [...roots] }),
    ...(certificate === null || key === null ? {} : { cert: certificate, key }),
    rejectUnauthorized: roots !== null,
    // The name is checked below and in one place, for Bun asks for it under rejectUnauthorized only.
    checkServerIdentity: () => undefined,
    minVersion: OLDEST_TLS,
    ALPNProtocols: [ALPN_PROTOCOL],
  };
  let stream: TLSSocket;
  try {
    stream = tls.connect(options);
  } catch (error) {
    return handshakeFailure(plan, error);
  }
  const done = await untilSettled<"done">(stream, signal, (settle) => {
    stream.once("secureConnect", () => settle("done"));
    return () => stream.removeAllListeners("secureConnect");
  });
  if (done instanceof Failure) {
    socket.destroy();
    return done.code === "CONNECT_FAILED" ? handshakeFailure(plan, done.cause ?? done.message) : done;
  }
  const distrust = whyNotTrusted(stream, plan, tls.checkServerIdentity);
  if (distrust === null) return { stream, tls: describe(stream, plan) };
  stream.destroy();
  return handshakeFailure(plan, distrust);
}

function whyNotTrusted(
  stream: TLSSocket,
  plan: TlsPlan,
  checkIdentity: typeof import("node:tls").checkServerIdentity,
): string | null {
  if (plan.negotiation === "direct" && stream.alpnProtocol !== ALPN_PROTOCOL) return "the server did not agree on ALPN";
  if (plan.certificates.roots === null) return null;
  if (!stream.authorized) return `its certificate is not trusted (${stream.authorizationError})`;
  if (plan.mode !== "verify-full") return null;
  return checkIdentity(plan.host, stream.getPeerCertificate())?.message ?? null;
}

/** What was verified, not what was asked for: `require` with a root certificate verifies the chain. */
function describe(stream: TLSSocket, plan: TlsPlan): string {
  const verified =
    plan.certificates.roots === null ? "not verified" : plan.mode === "verify-full" ? "verify-full" : "verify-ca";
  return `${stream.getProtocol()} ${stream.getCipher().standardName}, ${verified}`;
}

function handshakeFailure(plan: TlsPlan, cause: unknown): Failure {
  const code = (cause as { code?: unknown } | null)?.code;
  const text = cause instanceof Error ? cause.message : String(cause);
  return new Failure("TLS_INVALID", `no trusted TLS connection to ${plan.host}: ${boundedText(text)}`, {
    facts: { host: plan.host, sslmode: plan.mode, ...(typeof code === "string" ? { error: code } : {}) },
    cause,
  });
}

/** Waits for one event of a socket, its end, or the signal, whichever comes first. */
function untilSettled<T>(
  socket: Socket,
  signal: AbortSignal,
  listen: (settle: (value: T | Failure) => void) => () => void,
): Promise<T | Failure> {
  return new Promise((resolve) => {
    const broken = (error?: Error): void => {
      const how = error?.message ?? "the other side closed the connection";
      settle(new Failure("CONNECT_FAILED", `TLS could not be set up: ${boundedText(how)}`, { cause: error }));
    };
    const closed = (): void => broken();
    const aborted = (): void => settle(signal.reason as Failure);
    const settle = (value: T | Failure): void => {
      forget();
      socket.removeListener("close", closed);
      signal.removeEventListener("abort", aborted);
      socket.removeListener("error", broken);
      // Nobody listens between here and the next owner, and an error without a listener would end the process.
      socket.on("error", () => {});
      if (value instanceof Failure) socket.destroy();
      resolve(value);
    };
    socket.on("error", broken);
    socket.on("close", closed);
    signal.addEventListener("abort", aborted);
    const forget = listen(settle);
    if (signal.aborted) aborted();
  });
}
