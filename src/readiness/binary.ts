/**
 * binary: which program runs here and on which host, and whether it is the one in the list of digests beside it.
 *
 * Digests the file that runs, which need not be the one that lies under its name by now. Changes nothing and asks
 * nobody; whether that list is the right one, it cannot know. Called by the gate G1 and by the doctor.
 */
import { constants, realpathSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as os from "node:os";
import { basename, dirname, join } from "node:path";
import { stopwatch } from "../kernel/clock.ts";
import { parseSums, SUMS_FILE } from "../kernel/evidence/sums.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { errnoOf } from "../kernel/private-files/errno.ts";
import { readRegularFile } from "../kernel/private-files/file.ts";
import { COMMIT, ENGINE, SQL_DIGEST, VERSION } from "../kernel/version.ts";
import { digestFile } from "./file-digest.ts";

export type BinaryCheck = {
  readonly version: string;
  /** Full hash, `+changes` where the sources differed; `source` where this was not built. */
  readonly commit: string;
  /** SHA-256 of the SQL inside, as the build saw it; or `source`. */
  readonly sqlDigest: string;
  readonly engine: "inside" | "none";
  /** From source there is no program of ours to digest, only the runtime. */
  readonly form: "compiled" | "run from source";
  /** The program; from source, the file that the runtime was started with. */
  readonly path: string;
  /** Of the file that runs, in hex; null from source, or where a finding says why. */
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly elapsedMs: number;
  readonly sums: SumsCheck;
  readonly host: Host;
  /** What is wrong, as sentences; empty where nothing is. */
  readonly findings: readonly string[];
};

/** What a SHA256SUMS beside the program says of it. */
export type SumsCheck = {
  readonly state: "agrees" | "differs" | "does not name it" | "cannot be read" | "absent" | "not compared";
  readonly path: string | null;
  readonly detail: string;
};

export type Host = {
  readonly hostname: string;
  /** e.g. `Linux 6.1.0-18-amd64 x86_64`. */
  readonly kernel: string;
  readonly uptimeSeconds: number;
  readonly cores: number;
};

export type BinaryPlaces = {
  /** Where the program was started from; process.execPath but in tests. */
  readonly executable?: string;
  /** The file that runs, whatever lies under its name; /proc/self/exe but in tests. */
  readonly running?: string;
  /** The file that the runtime was started with; Bun.main but in tests. */
  readonly main?: string;
};

/** The compiled program's own files are under this name, which no disk has. */
const INSIDE = "/$bunfs/";

const NOT_COMPARED: SumsCheck = { state: "not compared", path: null, detail: "there is no digest to compare" };

/** Never fails: what cannot be read is a finding. */
export async function checkBinary(places: BinaryPlaces = {}): Promise<BinaryCheck> {
  const { executable = process.execPath, running = "/proc/self/exe", main = Bun.main } = places;
  const about = { version: VERSION, commit: COMMIT, sqlDigest: SQL_DIGEST, engine: ENGINE, host: readHost() };
  if (!main.startsWith(INSIDE)) {
    const nothing = { sha256: null, bytes: null, elapsedMs: 0, sums: NOT_COMPARED, findings: [] };
    return { ...about, ...nothing, form: "run from source", path: main };
  }
  const elapsed = stopwatch();
  const digest = await digestRunning(running, executable);
  const form = { form: "compiled", path: executable } as const;
  if (typeof digest === "string") {
    const none = { sha256: null, bytes: null, elapsedMs: elapsed(), sums: NOT_COMPARED };
    return { ...about, ...form, ...none, findings: [`the running program cannot be digested: ${digest}`] };
  }
  const { sha256, bytes, replaced } = digest;
  const sums = checkSums(executable, sha256);
  const findings = [...replaced, ...findingOf(sums)];
  return { ...about, ...form, sha256, bytes, elapsedMs: elapsed(), sums, findings };
}

function readHost(): Host {
  return {
    hostname: os.hostname(),
    kernel: `${os.type()} ${os.release()} ${os.machine()}`,
    uptimeSeconds: Math.floor(os.uptime()),
    cores: os.availableParallelism(),
  };
}

type Running = { readonly sha256: string; readonly bytes: number; readonly replaced: readonly string[] };

/** Or, as a string, why there is no digest. */
async function digestRunning(running: string, executable: string): Promise<Running | string> {
  let file: fs.FileHandle;
  try {
    file = await openRunning(running, executable);
  } catch (error) {
    return errnoOf(error);
  }
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) return "it is not a regular file";
    const digest = await digestFile({ file, before }, { limitBytes: limits.programBytes });
    if (typeof digest === "string") return digest;
    const changed = digest.during === "steady" ? [] : [`${executable} ${digest.during}`];
    return { ...digest, replaced: [...changed, ...(await comparePlace(executable, before))] };
  } catch (error) {
    return errnoOf(error);
  } finally {
    await file.close();
  }
}

/** Where there is no /proc, the name is all there is. */
async function openRunning(running: string, executable: string): Promise<fs.FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  try {
    return await fs.open(running, flags);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    return fs.open(executable, flags);
  }
}

/** What the next start would run is not what runs now, if the file was replaced. */
async function comparePlace(executable: string, running: { ino: bigint; dev: bigint }): Promise<string[]> {
  try {
    const { ino, dev } = await fs.stat(executable, { bigint: true });
    const same = ino === running.ino && dev === running.dev;
    return same ? [] : [`${executable} was replaced after this program was started from it`];
  } catch (error) {
    return [`${executable} cannot be looked at any more: ${errnoOf(error)}`];
  }
}

function checkSums(executable: string, sha256: string): SumsCheck {
  const folder = dirname(resolved(executable));
  const path = join(folder, SUMS_FILE);
  const read = readRegularFile(path, limits.sumsBytes);
  if (read instanceof Failure) {
    const absent = read.facts.errno === "ENOENT";
    return { state: absent ? "absent" : "cannot be read", path, detail: read.message };
  }
  const listed = parseSums(Buffer.from(read).toString("utf8"));
  if (typeof listed === "string") return { state: "cannot be read", path, detail: listed };
  const name = basename(resolved(executable));
  // A program that was given another name is in the list under the one it was published with.
  const published = [...listed].find(([, digest]) => digest === sha256)?.[0];
  const expected = listed.get(name);
  if (expected === undefined && published === undefined) {
    return { state: "does not name it", path, detail: `it has no line for ${name}` };
  }
  const differs = expected !== undefined && expected !== sha256;
  return {
    state: differs ? "differs" : "agrees",
    path,
    detail: `${expected ?? sha256}  ${differs ? name : published}`,
  };
}

/** A program that was removed has only its name. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    errnoOf(error);
    return path;
  }
}

function findingOf({ state, path, detail }: SumsCheck): string[] {
  if (state === "differs") return [`the running program is not the one in ${path}: ${detail}`];
  return state === "cannot be read" ? [`${path} cannot be compared: ${detail}`] : [];
}
