/**
 * service-state/look: one place that was looked at, what was found in it, or why it could not be looked at.
 *
 * Files are read as the system reads them: links are followed, nothing but a regular file is opened, nothing is read
 * without a bound. A place that is not there has nothing in it; one that may not be read is never taken for empty.
 */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { boundedText } from "../../kernel/evidence/bounded-text.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { errnoOf } from "../../kernel/private-files/errno.ts";
import { readRegularFile } from "../../kernel/private-files/file.ts";
import type { Match } from "./command.ts";

export type Finding = {
  /** A file, unit or container. */
  readonly where: string;
  /** 1-based, in that file; null where there are no lines. */
  readonly line: number | null;
  /** Started as a command; or mentioned, in a place from which it may or may not be started. */
  readonly match: Match["match"];
  /** The line itself, cut and without secrets. */
  readonly text: string;
};

export type Look = {
  readonly what: "unit files" | "timers" | "loaded units" | "crontabs" | "cron scripts" | "containers";
  /** A directory, file or command. */
  readonly where: string;
  readonly state: "looked" | "nothing there" | "not checkable here";
  /** What was looked at, e.g. `12 files`; or why not, e.g. `EACCES`, `docker is not installed`. */
  readonly detail: string;
  readonly found: readonly Finding[];
};

export type Subject = Pick<Look, "what" | "where">;

export function notCheckable(subject: Subject, detail: string): Look {
  return { ...subject, state: "not checkable here", detail, found: [] };
}

export function nothingThere(subject: Subject, detail: string): Look {
  return { ...subject, state: "nothing there", detail, found: [] };
}

/** A line of a file that may hold a password: without it, and cut. */
export function evidenceLine(text: string): string {
  return boundedText(text.trim(), limits.evidenceLineCharacters);
}

/** Names in a directory, sorted; or why there are none to read. */
export function listDirectory(subject: Subject): readonly string[] | Look {
  try {
    const names = readdirSync(subject.where).sort();
    if (names.length <= limits.serviceFiles) return names;
    return notCheckable(subject, `more than ${limits.serviceFiles} files`);
  } catch (error) {
    return unreadable(subject, errnoOf(error));
  }
}

/** Text of a file, links followed; null where it is a directory, device or pipe, which nobody takes for a file. */
export function readText(subject: Subject): string | null | Look {
  try {
    const path = realpathSync(subject.where);
    if (!statSync(path).isFile()) return null;
    const bytes = readRegularFile(path, limits.serviceFileBytes);
    if (!(bytes instanceof Failure)) return Buffer.from(bytes).toString("utf8");
    const { errno } = bytes.facts;
    return notCheckable(subject, typeof errno === "string" ? errno : bytes.message);
  } catch (error) {
    return unreadable(subject, errnoOf(error));
  }
}

function unreadable(subject: Subject, errno: string): Look {
  const absent = errno === "ENOENT" || errno === "ENOTDIR";
  return absent ? nothingThere(subject, "does not exist") : notCheckable(subject, errno);
}

export type FileOf = { readonly path: string; readonly name: string; readonly text: string };

/** Judges each file of a directory: one look at it as a whole, and one at each file that could not be read. */
export function eachFile(subject: Subject, judge: (file: FileOf) => readonly Finding[]): readonly Look[] {
  const names = listDirectory(subject);
  if (!isList(names)) return [names];
  const closed: Look[] = [];
  const found: Finding[] = [];
  let files = 0;
  for (const name of names) {
    const path = join(subject.where, name);
    const text = readText({ ...subject, where: path });
    if (typeof text === "string") {
      files += 1;
      found.push(...judge({ path, name, text }));
    } else if (text?.state === "not checkable here") closed.push(text);
  }
  const detail = files === 1 ? "1 file" : `${files} files`;
  return [{ ...subject, state: "looked", detail, found }, ...closed];
}

function isList(value: readonly string[] | Look): value is readonly string[] {
  return Array.isArray(value);
}
