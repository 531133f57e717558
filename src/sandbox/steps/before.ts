/**
 * steps/before: C-01 to C-03: preflight, the directory and its secrets, and the dump.
 *
 * Until C-02 nothing is made; until C-03 nothing is started and nobody is asked. Each measures and has its gates
 * judged; what was measured is kept for the steps behind. Called by run.ts, in the order of the table.
 */
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { checkPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import { G01, G02, G03, G04, G05, G06, type Privacy, type PrivateEntry, type Room } from "../gates/before.ts";
import type { ProductionKind } from "../gates/verification.ts";
import { makeFolder, makeMarkedDirectory } from "../leftovers/marked-directory.ts";
import { derivedNames, openRecord, recordDirectory } from "../leftovers/record.ts";
import type { Resource } from "../leftovers/resource.ts";
import { readHostState } from "../measure/host-state.ts";
import { scanHost } from "../measure/instances.ts";
import { openPasswords } from "../providers/passwords.ts";
import { LOGIN_ROLES } from "../roles.ts";
import { known, type Sandbox } from "../sandbox.ts";
import { backupSource } from "../sources/backup.ts";
import { liveSource } from "../sources/live.ts";
import { referenceSource } from "../sources/reference.ts";
import type { Source } from "../sources/source.ts";
import { makeKeys } from "../stage/keys.ts";
import { temporaryPath } from "../temporary.ts";
import { readStandIn } from "./embedded.ts";

/** C-01. */
export async function preflight(sandbox: Sandbox): Promise<Failure | null> {
  const { gates, journal, order, name } = sandbox;
  const temporary = temporaryPath(name);
  if (temporary instanceof Failure) return temporary;
  const unavailable = await order.provider.unavailable();
  if (unavailable !== null) return unavailable;
  const open = [order.stateDirectory, join(order.stateDirectory, "runs")].map(refuseOpenTo).find((one) => one !== null);
  if (open !== undefined) return open;
  journal.note("look", `room at ${order.stateDirectory}, the name ${name}, the servers of this host`);
  await gates.judge(G01, () => roomAt(order.stateDirectory, order.minFreeBytes));
  await gates.judge(G02, async () => {
    const derived = derivedNames(name);
    const [first, second] = [await order.provider.taken(name), await order.provider.taken(derived.production)];
    if (first instanceof Failure) return first;
    if (second instanceof Failure) return second;
    const own = [sandbox.workDirectory, join(recordDirectory(order.stateDirectory), `${name}.json`), temporary];
    const standing = own.filter((path) => fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined);
    return { name, taken: [...new Set([...first, ...second, ...standing])] };
  });
  sandbox.instances = await scanHost(order.environment, ownOf(sandbox));
  const scan = sandbox.instances;
  await gates.judge(G03, () => scan);
  sandbox.host = await readHostState(scan, order.environment);
  return null;
}

/** The evidence is written there in the end, and would be refused then. What is not there yet is made private. */
function refuseOpenTo(directory: string): Failure | null {
  const isThere = fs.lstatSync(directory, { throwIfNoEntry: false }) !== undefined;
  return isThere ? checkPrivateDirectory(directory) : null;
}

/** Where the directory is not there yet: of the nearest one above it that is. */
function roomAt(directory: string, neededBytes: number): Room | Failure {
  const there = fs.existsSync(directory) ? directory : null;
  if (there === null && dirname(directory) !== directory) return roomAt(dirname(directory), neededBytes);
  try {
    const { bavail, bsize } = fs.statfsSync(directory);
    return { path: directory, freeBytes: bavail * bsize, neededBytes };
  } catch (cause) {
    return new Failure("FILE_UNREADABLE", failedCall(`see how much room is at ${directory}`, cause), { cause });
  }
}

/** C-02. */
export async function makeWorkDirectory(sandbox: Sandbox): Promise<Failure | null> {
  const record = openRecord(sandbox.order.stateDirectory, sandbox.name);
  if (record instanceof Failure) return record;
  sandbox.record = record;
  const made = makeMarkedDirectory(record, sandbox.workDirectory);
  if (made !== null) return made;
  sandbox.journal.keepIn(sandbox.path("journal.jsonl"));
  const passwords = openPasswords(sandbox.workDirectory);
  if (passwords instanceof Failure) return passwords;
  sandbox.passwords = passwords;
  sandbox.homes.push(passwords.file);
  const failed = passwords.add(LOGIN_ROLES);
  if (failed !== null) return failed;
  for (const role of LOGIN_ROLES) sandbox.secrets.add(`password of ${role}`, passwords.of(role) ?? "");
  // A path that is short: sockets of gpg's agent and of a relay lie below it.
  const temporary = temporaryPath(sandbox.name);
  if (temporary instanceof Failure) return temporary;
  const short = makeMarkedDirectory(record, temporary);
  if (short !== null) return short;
  sandbox.temporary = temporary;
  const keys = await makeKeys(sandbox);
  if (keys instanceof Failure) return keys;
  sandbox.keys = keys;
  sandbox.homes.push(...keys.homes);
  for (const folder of ["states", "logs"]) {
    const opened = makeFolder(sandbox.path(folder));
    if (opened instanceof Failure) return opened;
  }
  await sandbox.gates.judge(G04, () => privacyOf(sandbox));
  return null;
}

/** What G-04 judges: all that it has made by now. */
export function privacyOf(sandbox: Sandbox): Privacy | Failure {
  try {
    const said = [...sandbox.journal.entries.map(({ what }) => what), ...sandbox.processes.commandLines];
    const roots = directoriesOf(sandbox).map((path) => fs.realpathSync(path));
    return {
      user: process.geteuid?.() ?? -1,
      entries: roots.flatMap(entriesBelow),
      gitTree: roots.map(gitTreeAbove).find((found) => found !== null) ?? null,
      secrets: sandbox.secrets.count,
      printed: said.flatMap((line) => sandbox.secrets.in(line)),
    };
  } catch (cause) {
    return new Failure("FILE_UNREADABLE", failedCall(`look through ${sandbox.workDirectory}`, cause), { cause });
  }
}

/** All directories that it has made by now and that lie in no other of them: its servers' too. */
export function directoriesOf({ record }: Sandbox): readonly string[] {
  const all = known(record, "record").resources.flatMap((one) => (one.kind === "directory" ? [one.path] : []));
  return all.filter((path) => !all.some((other) => path.startsWith(`${other}/`)));
}

/** The directory itself too. */
function entriesBelow(root: string): readonly PrivateEntry[] {
  const names = fs.readdirSync(root, { recursive: true, encoding: "utf8" });
  return ["", ...names].flatMap((name): PrivateEntry[] => {
    const path = join(root, name);
    const status = fs.lstatSync(path, { throwIfNoEntry: false });
    // gpg's agent, which was told to end, takes its sockets with it.
    if (status === undefined) return [];
    return [{ path, kind: kindOf(status), mode: status.mode & 0o7777, owner: status.uid }];
  });
}

function kindOf(status: fs.Stats): PrivateEntry["kind"] {
  if (status.isDirectory()) return "directory";
  if (status.isFile()) return "file";
  return status.isSocket() ? "socket" : "other";
}

/** A work tree's `.git` is a directory, or in a linked one a file. */
function gitTreeAbove(path: string): string | null {
  if (fs.existsSync(join(path, ".git"))) return path;
  return dirname(path) === path ? null : gitTreeAbove(dirname(path));
}

/** C-03. */
export async function obtainDump(sandbox: Sandbox): Promise<Failure | null> {
  if (sandbox.order.provider.name === "embedded") return readStandIn(sandbox);
  const source = await sourceOf(sandbox);
  if (source instanceof Failure) return source;
  sandbox.source = source;
  const [dump, reading] = [known(source.dump, "dump"), known(source.reading, "reading")];
  try {
    fs.chmodSync(dump, 0o600);
  } catch (cause) {
    return new Failure("FILE_WRITE_FAILED", failedCall(`close ${dump}`, cause), {
      facts: { errno: errnoOf(cause) },
    });
  }
  await sandbox.gates.judge(G05, () => reading);
  await sandbox.gates.judge(G06, () => source.identity);
  await sandbox.tell(source.line);
  return null;
}

function sourceOf(sandbox: Sandbox): Promise<Source | Failure> {
  const { source } = sandbox.order;
  if (source.kind === "reference") return referenceSource(sandbox);
  return source.kind === "live" ? liveSource(sandbox, source) : backupSource(sandbox, source);
}

/** What is on its record: nothing in C-01. */
export function ownOf({ record }: Sandbox): readonly Resource[] {
  return record?.resources ?? [];
}

/** The scan of C-01. */
export function scanOf(sandbox: Sandbox) {
  return known(sandbox.instances, "scan of this host");
}

/** What answers for production: of the reference database, a server that stands in for it. */
export function productionKind({ kind }: Source): ProductionKind {
  return kind === "reference" ? "stand-in" : kind;
}
