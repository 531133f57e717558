/**
 * place: the folders of a test server: its own, and its data in memory where the host has room for it.
 *
 * Tests make and drop hundreds of databases of three hundred files each: on a disk most of their time is the file
 * system's. A folder in memory is not given back when its process is killed, so the next start removes it by the number
 * in its name. Used by server.ts alone.
 */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Place = { readonly home: string; readonly data: string; readonly socket: string };

const MEMORY = "/dev/shm";
/** A server of the suite comes to one, at most three are up at once; the rest is left to whoever else uses it. */
const ROOM_BYTES = 6 * 1024 ** 3;
const NAMED = /^cutter-data-(\d+)-/;

export function makePlace(): Place {
  const home = mkdtempSync(join(tmpdir(), "cutter-pg-"));
  chmodSync(home, 0o755);
  return { home, data: join(dataFolder(home), "data"), socket: join(home, "s") };
}

export function removePlace({ home, data }: Place): void {
  for (const folder of [home, join(data, "..")]) rmSync(folder, { recursive: true, force: true });
}

function dataFolder(home: string): string {
  if (!isRoomy()) return home;
  for (const left of readdirSync(MEMORY).filter(isLeft)) rmSync(join(MEMORY, left), { recursive: true, force: true });
  const folder = mkdtempSync(join(MEMORY, `cutter-data-${process.pid}-`));
  chmodSync(folder, 0o755);
  return folder;
}

function isRoomy(): boolean {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > ROOM_BYTES;
}

/** Of a process that is gone; a server dies with its process, so nobody serves from it. */
function isLeft(name: string): boolean {
  const [, pid] = NAMED.exec(name) ?? [];
  return pid !== undefined && !existsSync(`/proc/${pid}`);
}
