/**
 * cluster: a new data directory, made by the initdb that the engine brings: it has a system identifier of its own.
 *
 * What initdb derives the identifier from is the clock, so two clusters have two, as on any server. Made in memory of
 * its own, shut down cleanly, and handed over as a tar archive. Called by worker.ts only.
 */
import { MemoryFS, PGlite } from "@electric-sql/pglite";

export type ClusterFiles = {
  readonly program: Uint8Array;
  readonly initdb: Uint8Array;
  readonly share: Blob;
};

/** As the snapshot's cluster is made (scripts/snapshot). Nothing is on a disk that could be synchronised. */
const INITDB_WORDS = ["--wal-segsize=1", "--no-data-checksums", "--no-sync"];

/** A data directory as a tar archive. */
export async function makeCluster({ program, initdb, share }: ClusterFiles): Promise<Blob> {
  const [pgliteWasmModule, initdbWasmModule] = await Promise.all(
    [program, initdb].map((bytes) => WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>)),
  );
  if (pgliteWasmModule === undefined || initdbWasmModule === undefined) throw new Error("two modules were compiled");
  const files = new ClusterFileSystem();
  const engine = await PGlite.create({
    ...{ fs: files, pgliteWasmModule, initdbWasmModule, fsBundle: share, initDbStartParams: INITDB_WORDS },
  });
  await engine.close();
  if (files.dataDirectory === null) throw new Error("initdb left no data directory");
  return files.dataDirectory;
}

/** Keeps the data directory as it is when the engine has shut down. */
class ClusterFileSystem extends MemoryFS {
  dataDirectory: Blob | null = null;

  override async closeFs(): Promise<void> {
    this.dataDirectory = await this.dumpTar("cluster", "none");
  }
}
