/**
 * place: the folders of a test server: its own, and its data in memory where the host has room for it.
 *
 * Tests make and drop hundreds of databases of three hundred files each: on a disk most of their time is the file
 * system's. Memory is not given back when a process is killed, so a shell beside it removes the folder as soon as
 * nobody holds its standard input any more. Used by server.ts alone.
 */

import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subprocess } from "bun";

export type Place = { readonly home: string; readonly data: string; readonly socket: string };

const MEMORY = "/dev/shm";
/** A server of the suite comes to one, at most three are up at once; the rest is left to whoever else uses it. */
const ROOM_BYTES = 6 * 1024 ** 3;
/** The server, which dies with its process, is given a moment for that. */
const KEEP = 'read -r line; sleep 2; rm -rf -- "$1"';

const keepers = new Map<string, Subprocess<"pipe", "ignore", "ignore">>();

export function makePlace(data: "in memory" | "on disk"): Place {
  const home = mkdtempSync(join(tmpdir(), "cutter-pg-"));
  chmodSync(home, 0o755);
  return { home, data: join((data === "in memory" ? dataFolder() : null) ?? home, "data"), socket: join(home, "s") };
}

/** To be called when the server has ended. */
export function removePlace({ home, data }: Place): void {
  const folder = join(data, "..");
  for (const one of [home, folder]) rmSync(one, { recursive: true, force: true });
  keepers.get(folder)?.kill("SIGKILL");
  keepers.delete(folder);
}

function dataFolder(): string | null {
  if (!isRoomy()) return null;
  const folder = mkdtempSync(join(MEMORY, "cutter-data-"));
  chmodSync(folder, 0o755);
  const stdio = { stdin: "pipe", stdout: "ignore", stderr: "ignore" } as const;
  const keeper = Bun.spawn(["/bin/sh", "-c", KEEP, "sh", folder], { ...stdio, detached: true });
  keeper.unref();
  keepers.set(folder, keeper);
  return folder;
}

function isRoomy(): boolean {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > ROOM_BYTES;
}
