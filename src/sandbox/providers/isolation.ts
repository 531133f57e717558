/**
 * providers/isolation: what of a server a network could reach, by the kernel's own tables, and what of it is too much.
 *
 * Reads proc(5) only. What cannot be read is a Failure, never "nothing listens". Called by the providers, and for the
 * judgement by the gates.
 */
import * as fs from "node:fs";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import { readRegularFile } from "../../kernel/private-files/file.ts";
import type { Isolation } from "./provider.ts";

/** Each reason, as a sentence; empty where no network reaches the server. Ways out are no reason here. */
export function whyNotIsolated(isolation: Isolation): readonly string[] {
  const { listenAddresses, tcpListeners, publishedPorts, networks } = isolation;
  return [
    ...(listenAddresses === "" ? [] : [`listen_addresses is '${listenAddresses}'`]),
    ...tcpListeners.map((address) => `it listens on TCP ${address}`),
    ...publishedPorts.map((port) => `the container publishes ${port}`),
    ...networks.map((network) => `the container is in the network ${network}`),
  ];
}

/** `address:port` of each TCP socket that one of these processes listens on. SANDBOX_SERVER_FAILED. */
export function tcpListenersOf(pids: readonly number[]): readonly string[] | Failure {
  const listeners = new Set<string>();
  for (const pid of pids) {
    const sockets = socketsOf(pid);
    const tables = [readTable(pid, "tcp"), readTable(pid, "tcp6")];
    if (sockets instanceof Failure) return sockets;
    for (const table of tables) {
      if (table instanceof Failure) return table;
      const own = listenersIn(table).filter(({ inode }) => sockets.has(inode));
      for (const { address } of own) listeners.add(address);
    }
  }
  return [...listeners].sort();
}

export type Listener = { readonly address: string; readonly inode: string };

/** State `0A` (TCP_LISTEN) of a table as proc_net(5) shows /proc/net/tcp and tcp6. */
export function listenersIn(table: string): readonly Listener[] {
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
    return state === "0A" ? [{ address: readable(local), inode }] : [];
  });
}

/** `0100007F:1538` → `127.0.0.1:5432`: each word of the address is in the machine's byte order, here little-endian. */
function readable(address: string): string {
  const [hex = "", port = ""] = address.split(":");
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, "hex").reverse()]);
  const host =
    bytes.length === 4
      ? bytes.join(".")
      : `[${Buffer.from(bytes)
          .toString("hex")
          .replace(/.{4}\B/g, "$&:")}]`;
  return `${host}:${Number.parseInt(port, 16)}`;
}

/** The numbers of the sockets that a process has open; one that ended meanwhile has none. */
function socketsOf(pid: number): ReadonlySet<string> | Failure {
  const folder = `/proc/${pid}/fd`;
  try {
    const links = fs.readdirSync(folder).map((name) => linkOf(`${folder}/${name}`));
    return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return new Set();
    return new Failure("SANDBOX_SERVER_FAILED", failedCall(`see which sockets process ${pid} has`, error));
  }
}

/** A descriptor may be closed while the others are read. */
function linkOf(path: string): string {
  try {
    return fs.readlinkSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "";
    throw error;
  }
}

function readTable(pid: number, name: "tcp" | "tcp6"): string | Failure {
  const content = readRegularFile(`/proc/${pid}/net/${name}`, limits.kernelTableBytes);
  if (!(content instanceof Failure)) return Buffer.from(content).toString("utf8");
  // The process ended, or the kernel has no IPv6.
  const gone = content.facts.errno === "ENOENT" || content.facts.errno === "EINVAL";
  return gone ? "" : new Failure("SANDBOX_SERVER_FAILED", content.message, { cause: content });
}
