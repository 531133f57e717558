/**
 * stand-in: programs for the tests of deployments: scripts that say of themselves what a selftest would, and what of
 * them lies in a folder.
 *
 * Never run but by those tests; the built program is tested as itself.
 */
import * as fs from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/kernel/digest.ts";
import { renderSums } from "../../src/kernel/evidence/sums.ts";
import { temporaryFolder } from "../database/files.ts";

const PLATFORM = `linux-${process.arch}`;

/** A program that says what a selftest would: `aside` and `inPlace` are its exit codes there. */
type StandIn = { readonly name: string; readonly aside?: number; readonly inPlace?: number; readonly takes?: string };

export function standIn({ name, aside = 0, inPlace = 0, takes = "" }: StandIn): string {
  const text = [
    "#!/bin/sh",
    `[ "$1" = --version ] && { echo "cutter ${name}"; exit 0; }`,
    `case $0 in */.cutter.deploy.*) code=${aside} ;; *) code=${inPlace} ;; esac`,
    ...[takes, 'echo "CUTTER_SELFTEST $code"', "exit $code", ""],
  ];
  return text.join("\n");
}

/** A folder of files to deploy from. */
export function build(program: string | Uint8Array, digest = sha256(program)): string {
  const folder = temporaryFolder();
  fs.writeFileSync(join(folder, `cutter-${PLATFORM}`), program);
  fs.writeFileSync(join(folder, "SHA256SUMS"), renderSums(new Map([[`cutter-${PLATFORM}`, digest]])));
  return folder;
}

/** As on a host that never had a cutter. */
export function emptied(folder: string): string {
  fs.rmSync(join(folder, "cutter"));
  return folder;
}

/** Name → version, of all that lies in a folder, hidden files too. */
export function contents(folder: string): Record<string, string> {
  const entries = fs.readdirSync(folder).flatMap((name): [string, string][] => {
    const text = beginningOf(join(folder, name));
    return text === null ? [] : [[name, /echo "cutter (\w+)"/.exec(text)?.[1] ?? `${text.length} bytes of something`]];
  });
  return Object.fromEntries(entries.sort());
}

/** null where it was renamed or removed since the folder was listed: it is asked again and again while a host works. */
function beginningOf(path: string): string | null {
  try {
    return fs.readFileSync(path, "latin1").slice(0, 200);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
