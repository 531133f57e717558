/**
 * source-file: the document that a run cuts: its bytes, and the profile that fits them.
 *
 * Read whole and checked before any connection is made: a regular file, UTF-8, within bounds. A link is followed: what
 * counts is the bytes, and their digest is in every report. Called by the verbs that cut.
 */
import { realpathSync, statSync } from "node:fs";
import { basename } from "node:path";
import { openDocument } from "../flow/document.ts";
import { BUILT_IN_PROFILES } from "../flow/profiles/built-in.ts";
import { findProfile } from "../flow/profiles/find-profile.ts";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { readRegularFile } from "../kernel/private-files/file.ts";

export type SourceFile = {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly profile: string;
  /** As the configuration has it; null for a built-in profile. */
  readonly ownProfile: unknown;
};

export type SourceQuestion = {
  readonly path: string;
  /** For the words of a refusal; a run may learn it later. */
  readonly documentId: string;
  readonly profile: string;
  readonly ownProfiles: Readonly<Record<string, unknown>>;
};

/** Failures: FILE_UNREADABLE, those of a document, PROFILE_UNKNOWN, CONFIG_INVALID. */
export async function readSource(question: SourceQuestion): Promise<SourceFile | Failure> {
  const { path, documentId, profile: name, ownProfiles: own } = question;
  const bytes = readBytes(path);
  if (bytes instanceof Failure) return bytes;
  const checked = openDocument({ documentId, fileName: path, bytes });
  if (checked instanceof Failure) return checked;
  const choice = await findProfile({ name, own, bytes });
  if (choice instanceof Failure) return choice;
  const builtIn = BUILT_IN_PROFILES.includes(choice.profile);
  const ownProfile = builtIn ? null : (own[choice.profile.name] ?? null);
  return { fileName: basename(path), bytes, profile: choice.profile.name, ownProfile };
}

/** The bytes of a document file. FILE_UNREADABLE for what is no regular file, or cannot be read. */
export function readBytes(path: string): Uint8Array | Failure {
  if (isPipe(path)) {
    const message = `${path} is a pipe, which can be read only once`;
    const hint = "FILE is a regular file: UTF-8 text or Markdown; `cutter plan -` reads standard input.";
    return new Failure("FILE_UNREADABLE", message, { hint, facts: { path } });
  }
  const bytes = readRegularFile(realPath(path), limits.documentBytes);
  if (!(bytes instanceof Failure) || bytes.code !== "FILE_NOT_PRIVATE") return bytes;
  return new Failure("FILE_UNREADABLE", bytes.message, { hint: "FILE is a regular file: UTF-8 text or Markdown." });
}

function isPipe(path: string): boolean {
  try {
    return statSync(path).isFIFO();
  } catch {
    return false;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Reading it says what is wrong with it.
    return path;
  }
}
