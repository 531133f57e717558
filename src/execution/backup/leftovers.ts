/**
 * backup/leftovers: what a backup that was killed in the middle left in its directory: a dump that is not whole, or one
 * in the clear.
 *
 * Removed is only what has the mark of a process that has ended; of the rest it is said what it is and how it is
 * removed. Never touches a backup or its manifest. Called by the backup verbs, by make.ts and by the doctor.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { Failure } from "../../kernel/failure.ts";
import { errnoOf, failedCall } from "../../kernel/private-files/errno.ts";
import { removeQuietly } from "../../kernel/private-files/file.ts";
import { fateOf, MARK_PATTERN } from "../../kernel/private-files/process-mark.ts";
import { PLAIN_PREFIX } from "./plain-file.ts";

type Leftover = {
  readonly path: string;
  readonly what: string;
  /** Of the process that made it; `unknown` also where its name does not say which that was. */
  readonly maker: "ended" | "unknown";
};

const PARTIAL = new RegExp(`^cutter-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}\\.dump\\.gpg(?:\\.(${MARK_PATTERN}))?\\.partial$`);
const PLAIN = new RegExp(`^\\${PLAIN_PREFIX}(?:(${MARK_PATTERN})-[0-9a-f]{8}|[A-Za-z0-9]{6})$`);

const KINDS = [
  [PARTIAL, "a backup that did not become whole"],
  [PLAIN, "of a backup that was being verified; what is in it is in the clear"],
] as const;

/** In order of their names; empty where the directory is not there. FILE_UNREADABLE. */
export function findLeftovers(directory: string): readonly Leftover[] | Failure {
  let names: string[];
  try {
    names = fs.readdirSync(directory).sort();
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return [];
    return new Failure("FILE_UNREADABLE", failedCall(`list ${directory}`, cause), { cause });
  }
  return names.flatMap((name) => {
    for (const [pattern, what] of KINDS) {
      const found = pattern.exec(name);
      const fate = found === null ? "runs" : fateOf(found[1] ?? "");
      if (fate !== "runs") return [{ path: join(directory, name), what, maker: fate }];
    }
    return [];
  });
}

/** Removes what can be, and answers one sentence for each thing that was found. */
export function removeLeftovers(directory: string): readonly string[] | Failure {
  const found = findLeftovers(directory);
  if (found instanceof Failure) return found;
  return found.map((leftover) => {
    if (leftover.maker === "ended") removeQuietly(leftover.path);
    const isThere = fs.lstatSync(leftover.path, { throwIfNoEntry: false }) !== undefined;
    return isThere
      ? describeLeftover(leftover)
      : `removed ${leftover.path}, which a killed process left: ${leftover.what}`;
  });
}

export function describeLeftover({ path, what, maker }: Leftover): string {
  const whose = maker === "ended" ? "its process has ended" : "of its process nothing is known";
  return `${path} is left: ${what}; ${whose}. Where no cutter runs: rm -r '${path}'`;
}
