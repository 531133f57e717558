/**
 * store/sample-files: the files of a store as they lie there when it was closed, or its process killed, for tests.
 *
 * Files that a test may spoil: nobody has them open. Never used by the program itself.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { openStore } from "./open-store.ts";
import { otherProcess } from "./sample-process.ts";
import { code, driveTo, sampleRun } from "./sample-run.ts";

/** In this order: the database, its log, and what its users share. */
export const FILES = ["cutter.db", "cutter.db-wal", "cutter.db-shm"] as const;

/** A store with one run that has gone some way, closed: all of it is in cutter.db. */
export async function closedStore(place: string): Promise<{ place: string; path: string; runId: string }> {
  const run = await sampleRun(place);
  driveTo(run, "AWAITING_CUT_AUTHORIZATION");
  run.lock.release();
  run.store.close();
  mustHold(place, ["cutter.db", "locks"]);
  return { place, path: join(place, "cutter.db"), runId: run.lock.runId };
}

/** A store whose process was killed: cutter.db, and what happened since in cutter.db-wal. */
export async function killedStore(place: string, before = ""): Promise<{ place: string; path: string }> {
  const program = `
    const store = ok(await openStore(place));
    const run = ok(store.createRun(newRun()));
    const lock = ok(await acquireRunLock(store, run.runId));
    driveTo({ store, lock }, "AWAITING_CUT_AUTHORIZATION");
    ${before}
    process.kill(process.pid, "SIGKILL");`;
  const ended = await otherProcess({ place, code: program }).ended;
  if (ended !== "SIGKILL") throw new Error(`the process ended by ${ended}`);
  mustHold(place, [...FILES, "locks"]);
  return { place, path: join(place, "cutter.db") };
}

function bytesOf(place: string): readonly string[] {
  return fs.readdirSync(place).map((name) => {
    const path = join(place, name);
    return fs.lstatSync(path).isFile() ? `${name} ${sha256(fs.readFileSync(path))}` : name;
  });
}

/** Opens a store; the code of the refusal, and whether every file is as it was. */
export async function refusal(place: string): Promise<{ code: string; message: string; untouched: boolean }> {
  const before = bytesOf(place);
  const store = await openStore(place);
  if (!(store instanceof Failure)) store.close();
  const message = store instanceof Failure ? store.message : "";
  return { code: code(store), message, untouched: bytesOf(place).join() === before.join() };
}

/** What a test of a spoiled store begins with must be sound itself. */
function mustHold(place: string, names: readonly string[]): void {
  const found = fs.readdirSync(place).sort();
  if (found.join() !== [...names].sort().join()) throw new Error(`${place} holds ${found.join(", ")}`);
}
