/**
 * leftovers/sweep: removes what sandboxes left whose process was killed, or that a reboot interrupted.
 *
 * Works from the records alone: by exact name, and only where number and start time, marker or label say that it is the
 * same thing. A sandbox whose process is still there is left alone. What could not be removed stays in its record, and
 * each answer says what was done. Called by `cutter sandbox sweep`.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { sinceMs } from "../../kernel/clock.ts";
import type { Environment } from "../../kernel/conninfo/naming.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { checkPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { endProcess } from "./end-process.ts";
import { removeFromEngine } from "./engine-resource.ts";
import { removeMarkedDirectory } from "./marked-directory.ts";
import { isRunning } from "./process-identity.ts";
import { type LeftoverRecord, readRecord, recordDirectory } from "./record.ts";
import { GONE, type Removal, removeAll, type StopReport } from "./removal.ts";
import type { Resource } from "./resource.ts";

export type Swept = StopReport & {
  readonly sandbox: string;
  /**
   * `in use`: its process runs, and nothing was touched. `removed`: nothing of it is left. `left`: something is, and
   * its record stays. `unreadable`: what it made is not known, and nothing was touched; `trouble` says why.
   */
  readonly is: "in use" | "removed" | "left" | "unreadable";
};

/** Of each record, in the order of their names. FILE_NOT_PRIVATE where somebody else could have written them. */
export async function sweepLeftovers(
  stateDirectory: string,
  environment: Environment,
): Promise<readonly Swept[] | Failure> {
  const directory = recordDirectory(stateDirectory);
  if (!fs.existsSync(directory)) return [];
  const open = checkPrivateDirectory(directory);
  if (open !== null) return open;
  const swept: Swept[] = [];
  for (const name of fs.readdirSync(directory).sort()) {
    const [, sandbox] = /^([^.].*)\.json$/.exec(name) ?? [];
    if (sandbox !== undefined) swept.push(await sweepOne(sandbox, join(directory, name), environment));
    if (UNFINISHED.test(name)) removeUnfinished(join(directory, name));
  }
  return swept;
}

/** A record that was being written when its process was killed: it took no place, and names nothing. */
const UNFINISHED = /^\..+\.json\.[0-9a-f]{8}\.partial$/;

function removeUnfinished(file: string): void {
  const status = fs.lstatSync(file, { throwIfNoEntry: false });
  // A younger one may be somebody's who is writing it.
  if (status !== undefined && sinceMs(status.mtimeMs) > limits.unfinishedRecordMs) fs.rmSync(file, { force: true });
}

const NOTHING: StopReport = { removed: [], left: [], trouble: null };

async function sweepOne(sandbox: string, file: string, environment: Environment): Promise<Swept> {
  const record = readRecord(file);
  if (record instanceof Failure) return { ...NOTHING, sandbox, is: "unreadable", trouble: record };
  if (record.owner === null) {
    const reason = "it is not known which process runs this sandbox, so it may still be in use";
    return { ...NOTHING, sandbox, is: "left", left: record.resources.map((resource) => ({ resource, reason })) };
  }
  if (isRunning(record.owner)) return { ...NOTHING, sandbox, is: "in use" };
  const report = await removeRecorded(record, environment);
  if (report.left.length > 0) return { ...report, sandbox, is: "left" };
  const closed = report.trouble ?? record.close();
  return { ...report, sandbox, is: closed === null ? "removed" : "left", trouble: closed };
}

/** What runs goes first; then what was made last, since it may lie in what was made before. */
export async function removeRecorded(record: LeftoverRecord, environment: Environment): Promise<StopReport> {
  const standing: string[] = [];
  const ordered = [...record.resources].reverse().sort((a, b) => rank(a) - rank(b));
  const removals = ordered.map((resource) => ({
    resource,
    remove: async () => {
      const reason = await remove(resource, { record, environment, standing });
      if (typeof reason === "string" && resource.kind !== "directory") standing.push(resource.kind);
      return reason;
    },
  }));
  return removeAll(removals, record);
}

function rank({ kind }: Resource): number {
  return ["process", "container", "volume", "network", "directory"].indexOf(kind);
}

type Means = {
  readonly record: LeftoverRecord;
  readonly environment: Environment;
  /** Kinds of what could not be removed, and may use a directory. */
  readonly standing: readonly string[];
};

type Removed = Awaited<ReturnType<Removal["remove"]>>;

async function remove(resource: Resource, { record, environment, standing }: Means): Promise<Removed> {
  if (resource.kind === "process") return isRunning(resource) ? endProcess(resource) : GONE;
  if (resource.kind !== "directory") return removeFromEngine(resource, record.token, environment);
  if (standing.length > 0) return `a ${standing[0]} that is left may still use it`;
  const there = fs.lstatSync(resource.path, { throwIfNoEntry: false });
  return there === undefined ? GONE : removeMarkedDirectory(resource.path, record.token);
}
