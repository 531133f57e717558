/**
 * files: files and folders that tests make, all in one folder that the last test takes with it.
 *
 * A process that is killed leaves its folder; one that ends, passed or failed, does not. Removed by preload.ts. Never
 * used outside tests.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let root: string | null = null;

export function temporaryFolder(): string {
  root ??= mkdtempSync(join(tmpdir(), "cutter-test-"));
  return mkdtempSync(join(root, "f-"));
}

/** Writes a file of this name into a folder of its own; answers its path. */
export function fileWith(name: string, text: string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

export function removeFiles(): void {
  if (root !== null) rmSync(root, { recursive: true, force: true });
  root = null;
}
