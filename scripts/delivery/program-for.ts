/**
 * program-for: the program in dist/ that a host can run, as SHA256SUMS has it.
 *
 * A file whose digest is not the listed one is never sent anywhere. Changes nothing. Called by deploy.ts.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/kernel/digest.ts";
import { parseSums, SUMS_FILE } from "../../src/kernel/evidence/sums.ts";

export type ProgramFile = { readonly path: string; readonly bytes: Uint8Array; readonly sha256: string };

export type NoProgram = { readonly code: "usage" | "unproven"; readonly reason: string; readonly next: string };

/** What `uname` says, and how our files are called for it. */
const PLATFORMS: Readonly<Record<string, string>> = {
  "Linux x86_64": "linux-x64",
  "Linux aarch64": "linux-arm64",
  "Darwin x86_64": "darwin-x64",
  "Darwin arm64": "darwin-arm64",
};

const BUILD = "scripts/build makes the files; scripts/release those for macOS too";

/** `host`: as `uname -s` and `uname -m` say it, e.g. `Linux x86_64`. */
export function programFor(host: string, folder: string): ProgramFile | NoProgram {
  const list = join(folder, SUMS_FILE);
  if (!existsSync(list)) return { code: "usage", reason: `there is no build: ${list} is missing`, next: BUILD };
  const sums = parseSums(readFileSync(list, "utf8"));
  if (typeof sums === "string") return { code: "unproven", reason: `${list} cannot be read: ${sums}`, next: BUILD };
  const platform = PLATFORMS[host];
  if (platform === undefined) {
    const reason = `the host is ${host}, and there is no cutter for it`;
    return { code: "usage", reason, next: `there is one for ${Object.keys(PLATFORMS).join(", ")}` };
  }
  const name = nameFor(platform, folder, sums);
  if (name === null) return { code: "usage", reason: `${folder} has no cutter for ${host}`, next: BUILD };
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const digest = sha256(bytes);
  if (digest === sums.get(name)) return { path, bytes, sha256: digest };
  const reason = `${path} is not the one in ${list}: its sha256 is ${digest}`;
  return { code: "unproven", reason, next: "build it again, or fetch it again" };
}

/** `cutter` is for the machine that built it, whichever that was: its own first bytes say. */
function nameFor(platform: string, folder: string, sums: ReadonlyMap<string, string>): string | null {
  const names = [`cutter-${platform}`, "cutter"].filter((name) => sums.has(name) && existsSync(join(folder, name)));
  return names.find((name) => name !== "cutter" || kindOf(join(folder, name)) === platform) ?? null;
}

/** ELF: e_machine at byte 18. Mach-O of 64 bits: cputype at byte 4. */
const KINDS: readonly (readonly [magic: string, at: number, machine: number, platform: string])[] = [
  ["7f454c46", 18, 0x3e, "linux-x64"],
  ["7f454c46", 18, 0xb7, "linux-arm64"],
  ["cffaedfe", 4, 0x07, "darwin-x64"],
  ["cffaedfe", 4, 0x0c, "darwin-arm64"],
];

function kindOf(path: string): string | null {
  const head = Buffer.alloc(20);
  const file = openSync(path, "r");
  readSync(file, head, 0, head.byteLength, 0);
  closeSync(file);
  const magic = head.subarray(0, 4).toString("hex");
  return KINDS.find(([first, at, machine]) => first === magic && head[at] === machine)?.[3] ?? null;
}
