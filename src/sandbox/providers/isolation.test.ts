/** Tests of what a network could reach, by the kernel's tables, with real listeners. */
import { expect, test } from "bun:test";
import { anyServer } from "../../../scripts/faults/stock.ts";
import { descendantsOf } from "../leftovers/process-identity.ts";
import { listenersIn, tcpListenersOf, whyNotIsolated } from "./isolation.ts";
import { ok } from "./sample-sandbox.ts";

test("a server with a TCP listener is told from one without, and from its neighbours", async () => {
  const server = await anyServer();
  const pids = [server.pid, ...descendantsOf(server.pid).map(({ pid }) => pid)];
  const listeners = ok(tcpListenersOf(pids));
  expect(listeners).toEqual([`127.0.0.1:${server.port}`]);
  const isolation = {
    listenAddresses: "127.0.0.1",
    tcpListeners: listeners,
    publishedPorts: [],
    ...{ networks: [], waysOut: [], asked: "" },
  };
  expect(whyNotIsolated(isolation)).toEqual([
    "listen_addresses is '127.0.0.1'",
    `it listens on TCP 127.0.0.1:${server.port}`,
  ]);
  expect(whyNotIsolated({ ...isolation, listenAddresses: "", tcpListeners: [] })).toEqual([]);
});

test("each listener of a process is seen, of IPv4 and IPv6, and none that it has closed", () => {
  const open = (hostname: string) => Bun.listen({ hostname, port: 0, socket: { data() {} } });
  const before = ok(tcpListenersOf([process.pid]));
  const listeners = [open("127.0.0.1"), open("0.0.0.0")];
  const seen = ok(tcpListenersOf([process.pid])).filter((one) => !before.includes(one));
  for (const listener of listeners) listener.stop(true);
  expect(seen.sort()).toEqual([`0.0.0.0:${listeners[1]?.port}`, `127.0.0.1:${listeners[0]?.port}`]);
  expect(ok(tcpListenersOf([process.pid]))).toEqual(before);
});

test("only sockets that listen count, and an address is shown as people write it", () => {
  const line = (local: string, state: string): string =>
    `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000   104        0 4711 1 0 100 0 0 10 0`;
  const table = [
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    line("0100007F:1538", "0A"),
    line("0100007F:1539", "01"),
    line("00000000000000000000000001000000:1538", "0A"),
  ];
  expect(listenersIn(table.join("\n"))).toEqual([
    { address: "127.0.0.1:5432", inode: "4711" },
    { address: "[0000:0000:0000:0000:0000:0000:0000:0001]:5432", inode: "4711" },
  ]);
});
