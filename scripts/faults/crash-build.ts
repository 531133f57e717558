/**
 * crash-build: a cutter that dies where CUTTER_CRASH_AT says (src/kernel/crash-point.ts), built once per test process.
 *
 * Into the folder of temporary files, never into dist/. Used by the tests that kill the program.
 */
import { join } from "node:path";
import { temporaryFolder } from "../database/files.ts";

const ROOT = join(import.meta.dirname, "../..");

let built: string | null = null;

/** The path of the program; takes a second or two the first time. */
export function crashBuild(): string {
  if (built !== null) return built;
  const folder = temporaryFolder();
  const words = ["scripts/build.ts", "--crash-points", "--outdir", folder];
  const run = Bun.spawnSync([process.execPath, ...words], { cwd: ROOT });
  if (run.exitCode !== 0) throw new Error(`the build with crash points failed: ${run.stderr}`);
  built = join(folder, "cutter");
  return built;
}
