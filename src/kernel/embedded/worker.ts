/**
 * worker: the thread in which the embedded engine lives; a program of its own, built beside the main one.
 *
 * Is told once what to start from, says `ready` or `failed` once, then answers each batch of messages with the bytes
 * that the backend gave. Reads its own files and nothing else: no environment, no network, no disk. Started and ended
 * by thread.ts.
 */
import initdb from "@electric-sql/pglite/initdb.wasm" with { type: "file" };
import share from "@electric-sql/pglite/pglite.data" with { type: "file" };
import program from "@electric-sql/pglite/pglite.wasm" with { type: "file" };
import snapshot from "../../../.cache/embedded/reference.tar.zst" with { type: "file" };
import { SQL_DIGEST } from "../version.ts";
import { foreignSnapshot } from "./data-directory.ts";
import { type Engine, startEngine } from "./engine.ts";
import { forgetCancel, type Interrupts } from "./interrupts.ts";

/** What the engine begins with: the reference database as it was built in, or a new cluster that holds nothing. */
export type WorkerOrder = "snapshot" | "initdb";

/** What the main thread hears. A batch is answered once; after `failed` nothing more comes. */
export type WorkerReport =
  | { readonly kind: "ready"; readonly interrupts: Interrupts }
  | { readonly kind: "answer"; readonly bytes: Uint8Array }
  | { readonly kind: "failed"; readonly reason: string };

declare const self: {
  postMessage(report: WorkerReport): void;
  onmessage: ((event: MessageEvent<WorkerOrder | Uint8Array>) => void) | null;
};

async function start(order: WorkerOrder): Promise<Engine> {
  const programBytes = await Bun.file(program).bytes();
  const dataDirectory = order === "snapshot" ? await readSnapshot() : await makeNew(programBytes);
  const engine = await startEngine({ program: programBytes, share: Bun.file(share), dataDirectory }, fail);
  const foreign = order === "snapshot" ? foreignSnapshot(engine.sqlDigest ?? "none", SQL_DIGEST) : null;
  if (foreign !== null) throw new Error(foreign);
  return engine;
}

async function readSnapshot(): Promise<Blob> {
  return new Blob([await Bun.zstdDecompress(await Bun.file(snapshot).bytes())]);
}

/** Loaded only where it is asked for. */
async function makeNew(programBytes: Uint8Array): Promise<Blob> {
  const { makeCluster } = await import("./cluster.ts");
  return makeCluster({ program: programBytes, initdb: await Bun.file(initdb).bytes(), share: Bun.file(share) });
}

function fail(reason: unknown): void {
  self.postMessage({ kind: "failed", reason: String(reason) });
}

async function begin(order: WorkerOrder): Promise<void> {
  const engine = await start(order);
  self.onmessage = ({ data }) => {
    if (typeof data === "string") return fail("it was started a second time");
    forgetCancel(engine.interrupts);
    engine.run(data).then((bytes) => self.postMessage({ kind: "answer", bytes }), fail);
  };
  self.postMessage({ kind: "ready", interrupts: engine.interrupts });
}

self.onmessage = ({ data }) => {
  if (typeof data === "string") begin(data).catch(fail);
  else fail("it was asked before it was started");
};
