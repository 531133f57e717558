/**
 * left-of: what bears the name of a sandbox on this machine: directories, records, and processes by their command line.
 *
 * Used by the fault tests of sandboxes; never by the program.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** `words` is looked for in command lines, and may be more than the name. */
export function leftOf(sandbox: string, stateDirectory: string, words = sandbox): readonly string[] {
  const folders = [tmpdir(), "/tmp", join(stateDirectory, "sandbox")].filter((folder) => existsSync(folder));
  const files = folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
  return [...files.filter((path) => path.includes(sandbox)), ...processesWith(words)];
}

/** Numbers of the processes whose command line holds these words; `\0` is between two arguments. */
export function processesWith(words: string): readonly string[] {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(words));
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
