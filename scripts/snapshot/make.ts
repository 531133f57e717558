/**
 * make: builds the reference database with the embedded engine and writes its data directory, compressed.
 *
 * Runs as a process of its own, where time and chance are fixed. The data directory is taken after a clean shutdown,
 * so a start from it recovers nothing; what a start does not need is dropped first. Started by scripts/snapshot.ts with
 * the path to write.
 */
import "./fixed-world.ts";
import { MemoryFS, PGlite } from "@electric-sql/pglite";
import { sha256 } from "../../src/kernel/digest.ts";
import { DATA_DIRECTORY, SQL_DIGEST_FILE } from "../../src/kernel/embedded/data-directory.ts";
import { referenceSql } from "../../src/schema/pieces.ts";

/** The level at which zstd starts to take seconds for kilobytes. */
const COMPRESSION_LEVEL = 19;

/** A database that nobody ever creates another one in needs no templates. */
const WITHOUT_TEMPLATES = [
  "UPDATE pg_catalog.pg_database SET datistemplate = false WHERE datistemplate",
  "DROP DATABASE template1",
  "UPDATE pg_catalog.pg_database SET datallowconn = true WHERE datname = 'template0'",
  "DROP DATABASE template0",
];

/** Keeps the data directory as it is when the engine has shut down. */
class SnapshotFileSystem extends MemoryFS {
  snapshot: Blob | null = null;

  override async closeFs(): Promise<void> {
    const engine = this.pg?.Module;
    if (engine === undefined) throw new Error("the engine was gone before its files could be read");
    dropSpareWal(engine.FS);
    engine.FS.writeFile(`${DATA_DIRECTORY}/${SQL_DIGEST_FILE}`, sha256(referenceSql()));
    this.snapshot = await this.dumpTar("snapshot", "none");
  }
}

/** A clean shutdown ends in the oldest segment that is kept; those behind it are there to be written later. */
function dropSpareWal(files: PGlite["Module"]["FS"]): void {
  const directory = `${DATA_DIRECTORY}/pg_wal`;
  const segments = files.readdir(directory).filter((name: string) => /^[0-9A-F]{24}$/.test(name));
  for (const name of segments.sort().slice(1)) files.unlink(`${directory}/${name}`);
}

async function makeDatabase(): Promise<Blob> {
  const files = new SnapshotFileSystem();
  const engine = await PGlite.create({ fs: files, initDbStartParams: ["--wal-segsize=1", "--no-data-checksums"] });
  await engine.exec(`BEGIN;\n${referenceSql()}\nCOMMIT;`);
  for (const statement of WITHOUT_TEMPLATES) await engine.exec(statement);
  await engine.exec("VACUUM (FULL, FREEZE, ANALYZE)");
  return shutDown(engine, files);
}

/** The first start after the catalogs were rewritten fills the relation cache's files, which later ones read. */
async function startOnce(database: Blob): Promise<Blob> {
  const files = new SnapshotFileSystem();
  return shutDown(await PGlite.create({ fs: files, loadDataDir: database }), files);
}

async function shutDown(engine: PGlite, files: SnapshotFileSystem): Promise<Blob> {
  await engine.close();
  if (files.snapshot === null) throw new Error("the engine was closed and left no files");
  return files.snapshot;
}

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: bun scripts/snapshot/make.ts FILE");
const snapshot = await startOnce(await makeDatabase());
await Bun.write(path, await Bun.zstdCompress(await snapshot.arrayBuffer(), { level: COMPRESSION_LEVEL }));
