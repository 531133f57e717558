/**
 * commit-relay: TCP on loopback between the program and a real server, which breaks off at the first COMMIT it sees.
 *
 * Each mode is one way in which an answer to a COMMIT gets lost; in some of them the server commits, in others not, and
 * in one it commits when the client has long been told that its connection is gone. Whoever connects later passes.
 */
import type { Socket } from "node:net";
import type { Server } from "../database/server.ts";
import { listen, type Relay } from "./relay.ts";

export const COMMIT_MODES = [
  "reset before it is sent",
  "reset in its middle",
  "reset as it is sent",
  "reset soon after it is sent",
  "answer swallowed, then reset",
  "answer swallowed, then closed",
  "closed as it is sent",
  "reset, and sent on a moment later",
] as const;

export type CommitMode = (typeof COMMIT_MODES)[number];

const COMMIT = Buffer.from("COMMIT\0");
const SOON_MS = 3;
const LATER_MS = 150;

export function commitRelayTo(server: Server, mode: CommitMode): Promise<Relay> {
  let isBroken = false;
  return listen(server, ({ client, open }) => {
    const upstream = open();
    let isSwallowing = false;
    client.on("data", (bytes: Buffer) => {
      if (isBroken || !bytes.includes(COMMIT)) return void upstream.write(bytes);
      isBroken = true;
      isSwallowing = mode.startsWith("answer swallowed");
      breakOff(mode, { client, upstream, bytes });
    });
    upstream.on("data", (bytes: Buffer) => {
      if (!isSwallowing) client.write(bytes);
    });
  });
}

type Ends = { readonly client: Socket; readonly upstream: Socket; readonly bytes: Buffer };

function breakOff(mode: CommitMode, { client, upstream, bytes }: Ends): void {
  const reset = (): void => {
    client.resetAndDestroy();
    upstream.resetAndDestroy();
  };
  const half = bytes.indexOf(COMMIT) + COMMIT.length;
  switch (mode) {
    case "reset before it is sent":
      reset();
      return;
    case "reset in its middle":
      upstream.write(bytes.subarray(0, half), reset);
      return;
    case "reset as it is sent":
      upstream.write(bytes, reset);
      return;
    case "reset soon after it is sent":
      upstream.write(bytes, () => setTimeout(reset, SOON_MS));
      return;
    case "answer swallowed, then reset":
      upstream.write(bytes, () => setTimeout(reset, LATER_MS));
      return;
    case "answer swallowed, then closed":
      upstream.write(bytes, () => setTimeout(() => client.end(), LATER_MS));
      return;
    case "closed as it is sent":
      upstream.end(bytes);
      client.end();
      return;
    case "reset, and sent on a moment later":
      sendOnLater(client, upstream, bytes);
      return;
  }
}

/** The connection to the server outlives the client's, and carries the COMMIT when nobody waits for it any more. */
function sendOnLater(client: Socket, upstream: Socket, bytes: Buffer): void {
  client.removeAllListeners("close");
  client.resetAndDestroy();
  setTimeout(() => upstream.end(bytes), LATER_MS);
}

/** Passes everything until the COMMIT of that number; sends it on, and then nobody gets through any more. */
export async function lastCommitTo(server: Server, number: number): Promise<Relay> {
  let seen = 0;
  const relay = await listen(server, ({ client, open }) => {
    const upstream = open();
    client.on("data", (bytes: Buffer) => {
      if (bytes.includes(COMMIT)) seen += 1;
      if (seen < number) return void upstream.write(bytes);
      upstream.write(bytes, () => relay.stop());
    });
    upstream.on("data", (bytes: Buffer) => client.write(bytes));
  });
  return relay;
}

export type Orphan = Relay & {
  /** Resolves when the server has answered, and the client was reset instead. */
  readonly swallowed: Promise<void>;
  /** Ends the backend that has committed, and holds its connection until then. */
  letGo(): void;
};

/** Swallows the answer to the COMMIT of that number and resets the client, whose backend stays; later ones pass. */
export async function orphanedCommitTo(server: Server, number: number): Promise<Orphan> {
  const { promise: swallowed, resolve } = Promise.withResolvers<void>();
  let seen = 0;
  let letGo = (): void => {};
  const relay = await listen(server, ({ client, open }) => {
    const upstream = open();
    let isSwallowing = false;
    client.on("data", (bytes: Buffer) => {
      if (bytes.includes(COMMIT)) seen += 1;
      isSwallowing ||= seen === number && bytes.includes(COMMIT);
      upstream.write(bytes);
    });
    upstream.on("data", (bytes: Buffer) => {
      if (!isSwallowing) return void client.write(bytes);
      client.removeAllListeners("close");
      client.resetAndDestroy();
      letGo = () => upstream.destroy();
      resolve();
    });
  });
  return { ...relay, swallowed, letGo: () => letGo() };
}
