/**
 * relay: a socket between our own program and the throwaway server that holds back the answer to a COMMIT.
 *
 * The server commits, and the program does not learn of it: what is asked then decides whether the answer is passed on
 * or never comes. Bytes are looked at, and never changed. Called by the scenario of a process that is killed.
 */
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { caught } from "./thrown.ts";

export type Relay = {
  /** For a connection string. */
  readonly directory: string;
  readonly port: number;
  /** How many answers to a COMMIT were held back for a moment. */
  commits(): number;
  close(): void;
};

type RelayOrder = {
  /** Of the relay's own socket; ours, and short. */
  readonly directory: string;
  readonly upstream: { readonly directory: string; readonly port: number };
  /** Asked when the server has answered a COMMIT and the program does not know it yet. */
  readonly committed: () => Promise<"pass it on" | "keep it">;
};

/** In a query, and as the tag of CommandComplete, which ends with a zero byte too. */
const COMMIT = Buffer.from("COMMIT\0");

export async function openRelay({ directory, upstream, committed }: RelayOrder): Promise<Relay> {
  const sockets = new Set<Socket>();
  let commits = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const path = join(upstream.directory, `.s.PGSQL.${upstream.port}`);
    const behind = connect({ path, allowHalfOpen: true });
    for (const socket of [client, behind]) {
      sockets.add(socket);
      socket.on("error", () => {
        client.destroy();
        behind.destroy();
      });
    }
    // The program's side ends when the server's has: until then the backend is there, with its locks.
    client.on("end", () => behind.end());
    behind.on("end", () => client.end());
    let held: Buffer[] | null = null;
    client.on("data", (bytes: Buffer) => {
      if (bytes.includes(COMMIT)) held = [];
      behind.write(bytes);
    });
    behind.on("data", async (bytes: Buffer) => {
      if (held === null) return void client.write(bytes);
      held.push(bytes);
      const answer = Buffer.concat(held);
      if (!answer.includes(COMMIT)) return;
      commits += 1;
      behind.pause();
      // Nobody waits for what is thrown here: it would be the end of the whole program.
      const verdict = await caught("the look behind a COMMIT", committed);
      held = null;
      if (verdict !== "keep it") client.write(answer);
      behind.resume();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(join(directory, ".s.PGSQL.5432"), () => resolve());
  });
  return {
    ...{ directory, port: 5432, commits: () => commits },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
