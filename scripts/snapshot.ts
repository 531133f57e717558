/**
 * snapshot: sees to it that the embedded engine has a snapshot of the reference database, made from today's SQL.
 *
 * The same input gives the same bytes on every machine, so the file is not kept in the repository; it is made anew
 * where the SQL, the engine or the maker changed. Called by the build, by tests that open the engine, and by hand:
 * `bun scripts/snapshot.ts`.
 */
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { dependencies } from "../package.json";
import { sha256 } from "../src/kernel/digest.ts";
import { referenceSql } from "../src/schema/pieces.ts";

const ROOT = join(import.meta.dir, "..");
const FOLDER = join(ROOT, ".cache/embedded");
const SNAPSHOT = join(FOLDER, "reference.tar.zst");
const MADE_FROM = join(FOLDER, "made-from");
const MAKERS = ["scripts/snapshot/make.ts", "scripts/snapshot/fixed-world.ts"];

/** SHA-256 of the SQL that the snapshot is made from, as the build stamps it into the program. */
export function sqlDigest(): string {
  return sha256(referenceSql());
}

/** Makes the snapshot where it is missing or old; the path of the file. */
export async function ensureSnapshot(): Promise<string> {
  const input = await inputDigest();
  if ((await Bun.file(SNAPSHOT).exists()) && (await readText(MADE_FROM)) === input) return SNAPSHOT;
  await mkdir(FOLDER, { recursive: true });
  const unfinished = `${SNAPSHOT}.${process.pid}.tmp`;
  await makeSnapshot(unfinished);
  await rename(unfinished, SNAPSHOT);
  await Bun.write(MADE_FROM, input);
  return SNAPSHOT;
}

/** Makes a snapshot at this path, whatever there is already. */
export async function makeSnapshot(path: string): Promise<void> {
  const maker = Bun.spawn([process.execPath, join(ROOT, "scripts/snapshot/make.ts"), path], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await maker.exited) !== 0) throw new Error("the snapshot of the reference database could not be made");
}

async function inputDigest(): Promise<string> {
  const makers = await Promise.all(MAKERS.map((path) => Bun.file(join(ROOT, path)).text()));
  return sha256([dependencies["@electric-sql/pglite"], Bun.version, referenceSql(), ...makers].join("\n"));
}

async function readText(path: string): Promise<string | null> {
  const file = Bun.file(path);
  return (await file.exists()) ? file.text() : null;
}

if (import.meta.main) await ensureSnapshot();
