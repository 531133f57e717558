/**
 * providers/door: a second name of a server's socket, in a directory that the server cannot change.
 *
 * Code that a dump brings runs as the server's user, which may put a link to another server's socket in the place of
 * its own: then we would bring production what was meant for the sandbox. So we connect by a name that we gave the same
 * socket (link(2)) as soon as the server was ready, before it was told anything. Called by the providers.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import type { Place } from "./place.ts";
import { PORT } from "./socket-target.ts";

const SOCKET = `.s.PGSQL.${PORT}`;

/** SANDBOX_SERVER_FAILED where the server has no socket, or where what has its name is none. */
export function openDoor({ socket, door }: Pick<Place, "socket" | "door">): Failure | null {
  const [from, to] = [join(socket, SOCKET), join(door, SOCKET)];
  try {
    fs.mkdirSync(door, { mode: 0o700 });
    fs.linkSync(from, to);
    if (fs.lstatSync(to).isSocket()) return null;
    fs.rmSync(to);
    return new Failure("SANDBOX_SERVER_FAILED", `${from} is no socket`, { facts: { path: from } });
  } catch (error) {
    const facts = { path: from, errno: errnoOf(error) };
    return new Failure("SANDBOX_SERVER_FAILED", failedCall(`name ${from} as ${to}`, error), { facts, cause: error });
  }
}
