/**
 * relay: TCP on loopback between the program and a real server, which misbehaves as a test wants.
 *
 * A plain relay that can be cut in the middle, one that keeps everybody waiting, and a small transaction-mode pooler:
 * one login, and each transaction on the next of two backends. None speaks TLS. Used by the fault tests; ended by
 * `stop()`.
 */
import { connect, createServer, type Socket } from "node:net";
import type { Server } from "../database/server.ts";

export type Relay = {
  readonly port: number;
  /** Resets every connection as it is. */
  cut(): void;
  stop(): void;
};

export type Ends = { readonly client: Socket; open(): Socket };

/** `answered` sees what the server says before it is passed on. */
export function relayTo(server: Server, answered: (bytes: Buffer) => void = () => {}): Promise<Relay> {
  return listen(server, ({ client, open }) => {
    const upstream = open();
    client.on("data", (bytes) => upstream.write(bytes));
    upstream.on("data", (bytes: Buffer) => {
      answered(bytes);
      client.write(bytes);
    });
  });
}

export type Barrier = Relay & {
  /** Lets pass what waited, and all that follows. */
  open(): void;
};

/** As relayTo, but nothing that the server says passes before `open()`: whoever connects waits there. */
export async function barrierTo(server: Server): Promise<Barrier> {
  let release = (): void => {};
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  const relay = await listen(server, ({ client, open }) => {
    const upstream = open();
    client.on("data", (bytes) => upstream.write(bytes));
    upstream.on("data", (bytes) => void opened.then(() => client.write(bytes)));
  });
  return { ...relay, open: release };
}

const BACKENDS = 2;
/** ReadyForQuery, idle: the end of a transaction. */
const IDLE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

export function poolerTo(server: Server): Promise<Relay> {
  return listen(server, ({ client, open }) => {
    const pool = Array.from({ length: BACKENDS }, open);
    let turn = 0;
    let answers = 0;
    for (const [index, backend] of pool.entries()) {
      let ready = false;
      backend.on("data", (bytes: Buffer) => {
        const idle = bytes.subarray(-IDLE.length).equals(IDLE);
        if (ready || index === 0) client.write(bytes);
        if (idle && ready) answers += 1;
        if (idle) ready = true;
        turn = answers % BACKENDS;
      });
    }
    client.once("data", (startup) => {
      for (const backend of pool) backend.write(startup);
      client.on("data", (bytes) => pool[turn]?.write(bytes));
    });
  });
}

/** Goes to the server over its socket, where any role is trusted; no password passes here. */
export async function listen(server: Server, serve: (ends: Ends) => void): Promise<Relay> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    return socket;
  };
  const listener = createServer((client) => {
    const opened = new Set<Socket>();
    const open = (): Socket => {
      const upstream = keep(connect({ path: `${server.socketDirectory}/.s.PGSQL.${server.port}` }));
      upstream.on("close", () => client.destroy());
      opened.add(upstream);
      return upstream;
    };
    keep(client).on("close", () => {
      for (const upstream of opened) upstream.destroy();
    });
    serve({ client, open });
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: address.port,
    cut,
    stop() {
      cut();
      listener.close();
    },
  };
}
