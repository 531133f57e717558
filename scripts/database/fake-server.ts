/**
 * fake-server: a TCP listener that behaves badly in a way that a test chooses, and counts who came.
 *
 * For faults that a real server cannot be made to have. Never used where a real one can. Ended by `stop()`.
 */
import { createServer, type Socket } from "node:net";

export type FakeServer = {
  readonly port: number;
  /** Connections so far. */
  readonly came: () => number;
  stop(): void;
};

export async function fakeServer(behave: (socket: Socket) => void): Promise<FakeServer> {
  let came = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    came += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    behave(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return {
    port: address.port,
    came: () => came,
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
