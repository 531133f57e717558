/**
 * removal: how to remove everything of cutter from this machine in one step: one command line, to be read by a person.
 *
 * Never runs it and never touches a file. Refuses to write a line that would remove what is not ours, such as a home
 * or system directory that was given as the state directory. What lies in databases is not in it. Called by the gate
 * G7 and by the doctor.
 */
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { basename, dirname, normalize } from "node:path";
import { printable } from "../kernel/evidence/printable.ts";
import { errnoOf } from "../kernel/private-files/errno.ts";

export type RemovalPlaces = {
  /** The program; null where it runs from source. */
  readonly binary: string | null;
  readonly stateDirectory: string;
  /** The configuration file; null where there is none. */
  readonly configuration: string | null;
};

export type RemovalPath = {
  readonly what: "program" | "state" | "configuration";
  readonly path: string;
  readonly there: "yes" | "no";
};

export type Removal = {
  /** In the order of the command. */
  readonly paths: readonly RemovalPath[];
  /** For a POSIX shell; null where `refused` says why none is given. */
  readonly command: string | null;
  readonly refused: string | null;
  /** What a person should know before running it. */
  readonly remarks: readonly string[];
};

const REMARKS = [
  "The state directory holds the reports of all runs: copy what must be kept as evidence first.",
  "What was installed in a database stays there: cutter schema uninstall removes it, and needs the program.",
];

export function describeRemoval(places: RemovalPlaces): Removal {
  const paths = pathsOf(places);
  const refused = paths.map(refusal).find((reason) => reason !== null) ?? null;
  const words = paths.map(({ path }) => quote(path)).join(" ");
  return { paths, command: refused === null ? `rm -rf -- ${words}` : null, refused, remarks: REMARKS };
}

function pathsOf({ binary, stateDirectory, configuration }: RemovalPlaces): RemovalPath[] {
  const entry = (what: RemovalPath["what"], path: string): RemovalPath => {
    return { what, path, there: existsSync(path) ? "yes" : "no" };
  };
  return [
    ...(configuration === null ? [] : [entry("configuration", ownFolder(configuration))]),
    entry("state", stateDirectory),
    ...(binary === null ? [] : [entry("program", binary)]),
  ];
}

/** /etc/cutter/cutter.toml lies in a directory of ours, with the files that belong to it; any other is one file. */
function ownFolder(configuration: string): string {
  const folder = dirname(configuration);
  return basename(folder) === "cutter" && basename(configuration) === "cutter.toml" ? folder : configuration;
}

/** What cutter puts into its state directory (orchestrator.md §5), and the rest of a write that was cut off. */
const STATE = /^(?:runs|rollback|backups|locks|sandbox|cache|cutter\.db(?:-\w+)?|\..+\.partial)$/;

function refusal({ what, path }: RemovalPath): string | null {
  if (!path.startsWith("/") || normalize(path) !== path || path.endsWith("/")) {
    return `${path} is not a plain absolute path`;
  }
  if (/\p{C}/u.test(path)) return `the path of the ${what} holds characters that cannot be shown`;
  if (what === "state") return foreignContent(path);
  const folder = what === "configuration" && basename(path) === "cutter";
  return !folder && isDirectory(path) ? `${path} is a directory, and should be a file` : null;
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A home or system directory that was given as the state directory holds more than ours, and must not go with it. */
function foreignContent(path: string): string | null {
  try {
    const foreign = readdirSync(path).filter((name) => !STATE.test(name));
    const [first] = foreign;
    if (first === undefined) return null;
    const number = foreign.length === 1 ? "" : `, one of ${foreign.length},`;
    return `${path} holds what is not cutter's: ${printable(first)}${number}; remove what is ours in it by hand`;
  } catch (error) {
    const errno = errnoOf(error);
    return errno === "ENOENT" ? null : `${path} cannot be looked into: ${errno}`;
  }
}

/** Single quotes where a shell would read anything but the letters. */
export function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
