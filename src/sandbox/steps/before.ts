/**
 * steps/before: C-01 to C-03: preflight, the directory and its secrets, and the dump.
 *
 * Until C-02 nothing is made; until C-03 nothing is started and nobody is asked. Each measures and has its gates
 * judged; what was measured is kept for the steps behind. Called by run.ts, in the order of the table.
 */
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { openPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import { G01, G02, G03, G04, G05, G06, type Privacy, type PrivateEntry, type Room } from "../gates/before.ts";
import { makeMarkedDirectory } from "../leftovers/marked-directory.ts";
import { openRecord, recordDirectory } from "../leftovers/record.ts";
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
import { readStandIn } from "./embedded.ts";

/** C-01. */
export async function preflight(sandbox: Sandbox): Promise<Failure | null> {
  const { gates, journal, order, name } = sandbox;
  const unavailable = await order.provider.unavailable();
  if (unavailable !== null) return unavailable;
  journal.note("look", `room at ${order.stateDirectory}, the name ${name}, the servers of this host`);
  await gates.judge(G01, () => roomAt(order.stateDirectory, order.minFreeBytes));
  await gates.judge(G02, async () => {
    const taken = await order.provider.taken(name);
    if (taken instanceof Failure) return taken;
    const own = [sandbox.workDirectory, join(recordDirectory(order.stateDirectory), `${name}.json`)];
    return { name, taken: [...taken, ...own.filter((path) => fs.existsSync(path))] };
  });
  sandbox.instances = await scanHost(order.environment);
  const scan = sandbox.instances;
  await gates.judge(G03, () => scan);
  sandbox.host = await readHostState(scan, order.environment);
  return null;
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
  const failed = passwords.add(LOGIN_ROLES);
  if (failed !== null) return failed;
  for (const role of LOGIN_ROLES) sandbox.secrets.add(`password of ${role}`, passwords.of(role) ?? "");
  // A path that is short: sockets of gpg's agent and of a relay lie below it.
  const temporary = join(fs.realpathSync(tmpdir()), `${sandbox.name}-t`);
  const short = makeMarkedDirectory(record, temporary);
  if (short !== null) return short;
  sandbox.temporary = temporary;
  const keys = await makeKeys(sandbox);
  if (keys instanceof Failure) return keys;
  sandbox.keys = keys;
  for (const folder of ["states", "logs"]) {
    const opened = openPrivateDirectory(sandbox.path(folder));
    if (opened instanceof Failure) return opened;
  }
  await sandbox.gates.judge(G04, () => privacyOf(sandbox));
  return null;
}

function privacyOf(sandbox: Sandbox): Privacy | Failure {
  try {
    const said = [...sandbox.journal.entries.map(({ what }) => what), ...sandbox.processes.commandLines];
    return {
      user: process.geteuid?.() ?? -1,
      entries: [
        ...entriesBelow(sandbox.workDirectory),
        ...entriesBelow(known(sandbox.temporary, "temporary directory"), "itself"),
      ],
      gitTree: gitTreeAbove(sandbox.workDirectory),
      secrets: sandbox.secrets.count,
      printed: said.flatMap((line) => sandbox.secrets.in(line)),
    };
  } catch (cause) {
    return new Failure("FILE_UNREADABLE", failedCall(`look through ${sandbox.workDirectory}`, cause), { cause });
  }
}

/** The directory itself too. */
function entriesBelow(root: string, how: "all" | "itself" = "all"): readonly PrivateEntry[] {
  // What gpg makes in its home is gpg's own, behind the home's 0700.
  const names = fs.readdirSync(root, { recursive: how === "all", encoding: "utf8" });
  return ["", ...names].map((name): PrivateEntry => {
    const path = join(root, name);
    const status = fs.lstatSync(path);
    const kind = status.isDirectory() ? "directory" : status.isFile() ? "file" : "other";
    return { path, kind, mode: status.mode & 0o7777, owner: status.uid };
  });
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

/** The scan of C-01. */
export function scanOf(sandbox: Sandbox) {
  return known(sandbox.instances, "scan of this host");
}
