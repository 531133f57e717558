/**
 * old-server: a login as PostgreSQL 13 would answer it, and nothing behind it: the one version there is no server of.
 *
 * Whoever is let in and asks anything is remembered: a program that refuses the version asks nothing.
 */
import type { Socket } from "node:net";
import { type FakeServer, fakeServer } from "../database/fake-server.ts";

export type OldServer = FakeServer & { /** Bytes that came after the login. */ readonly asked: () => Buffer };

const message = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(5);
  header.write(type, "latin1");
  header.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
};
const parameter = (name: string, value: string): Buffer => message("S", Buffer.from(`${name}\0${value}\0`));

const LOGIN = Buffer.concat([
  message("R", Buffer.alloc(4)),
  parameter("server_version", "13.14"),
  parameter("client_encoding", "UTF8"),
  parameter("standard_conforming_strings", "on"),
  message("K", Buffer.from([0, 0, 1, 1, 0, 0, 0, 7])),
  message("Z", Buffer.from("I")),
]);

export async function oldServer(): Promise<OldServer> {
  const asked: Buffer[] = [];
  const server = await fakeServer((socket: Socket) => {
    socket.once("data", () => {
      socket.write(LOGIN);
      socket.on("data", (bytes: Buffer) => asked.push(bytes));
    });
  });
  return { ...server, asked: () => Buffer.concat(asked) };
}
