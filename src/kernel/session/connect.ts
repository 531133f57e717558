/**
 * connect: one connection to one address, over TCP or a socket directory, encrypted as it should be.
 *
 * Knows no login and no retry: `hosts.ts` decides which address comes next. Whoever aborts the signal decides the
 * Failure (a timeout, the end of the process). Called by hosts.ts, and by cancel.ts for a second connection to the same
 * place.
 */
import { connect as connectSocket, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { secure, type TlsPlan } from "./tls.ts";

export type Address =
  | { readonly kind: "tcp"; readonly ip: string; readonly port: number }
  | { readonly kind: "unix"; readonly directory: string; readonly port: number };

/** How to get to a backend: where, and with which encryption (null: plain text). */
export type Way = { readonly address: Address; readonly tls: TlsPlan | null };

export type Connection = { readonly stream: Duplex; readonly way: Way; readonly tls: string | null };

export async function connect(way: Way, signal: AbortSignal): Promise<Connection | Failure> {
  const socket = await dial(way.address, signal);
  if (socket instanceof Failure) return socket;
  if (way.tls === null) return { stream: socket, way, tls: null };
  const secured = await secure(socket, way.tls, signal);
  if (secured instanceof Failure) return secured;
  // A server that said no to TLS is asked in plain text for a cancel too.
  return { stream: secured.stream, way: secured.tls === null ? { ...way, tls: null } : way, tls: secured.tls };
}

function dial(address: Address, signal: AbortSignal): Promise<Socket | Failure> {
  if (signal.aborted) return Promise.resolve(signal.reason as Failure);
  return new Promise((resolve) => {
    const settle = (value: Socket | Failure): void => {
      signal.removeEventListener("abort", aborted);
      socket.removeListener("error", failed);
      socket.on("error", () => {});
      if (value instanceof Failure) socket.destroy();
      resolve(value);
    };
    const failed = (error: Error): void => settle(unreachableAddress(address, error));
    const aborted = (): void => settle(signal.reason as Failure);
    const socket = connectSocket(
      address.kind === "unix" ? { path: socketPath(address) } : { host: address.ip, port: address.port },
    );
    socket.on("error", failed);
    signal.addEventListener("abort", aborted);
    socket.once("connect", () => {
      if (address.kind === "tcp") {
        socket.setNoDelay(true);
        socket.setKeepAlive(true, limits.tcpKeepalivesIdleSeconds * 1000);
      }
      settle(socket);
    });
  });
}

/** `127.0.0.1:5432`, `[::1]:5432`, `/run/postgresql:5432`. */
export function describeAddress(address: Address): string {
  if (address.kind === "unix") return `${address.directory}:${address.port}`;
  return address.ip.includes(":") ? `[${address.ip}]:${address.port}` : `${address.ip}:${address.port}`;
}

function socketPath({ directory, port }: { directory: string; port: number }): string {
  return `${directory.replace(/\/+$/, "")}/.s.PGSQL.${port}`;
}

function unreachableAddress(address: Address, error: Error): Failure {
  const where = address.kind === "unix" ? socketPath(address) : describeAddress(address);
  const code = (error as { code?: unknown }).code;
  return new Failure("CONNECT_FAILED", `could not connect to ${where}: ${error.message}`, {
    facts: { address: where, ...(typeof code === "string" ? { error: code } : {}) },
    cause: error,
  });
}
