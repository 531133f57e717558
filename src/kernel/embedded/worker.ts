/**
 * worker: the thread in which the embedded engine lives; a program of its own, built beside the main one.
 *
 * Says `ready` or `failed` once, then answers each batch of messages with the bytes that the backend gave. Reads its
 * own files and nothing else: no environment, no network, no disk. Started and ended by embedded.ts.
 */
import share from "@electric-sql/pglite/pglite.data" with { type: "file" };
import program from "@electric-sql/pglite/pglite.wasm" with { type: "file" };
import snapshot from "../../../.cache/embedded/reference.tar.zst" with { type: "file" };
import { SQL_DIGEST } from "../version.ts";
import { foreignSnapshot } from "./data-directory.ts";
import { type Engine, startEngine } from "./engine.ts";
import { forgetCancel, type Interrupts } from "./interrupts.ts";

/** What the main thread hears. A batch is answered once; after `failed` nothing more comes. */
export type WorkerReport =
  | { readonly kind: "ready"; readonly interrupts: Interrupts }
  | { readonly kind: "answer"; readonly bytes: Uint8Array }
  | { readonly kind: "failed"; readonly reason: string };

declare const self: {
  postMessage(report: WorkerReport): void;
  onmessage: ((event: MessageEvent<Uint8Array>) => void) | null;
};

async function start(): Promise<Engine> {
  const [programBytes, snapshotBytes] = await Promise.all([Bun.file(program).bytes(), Bun.file(snapshot).bytes()]);
  const files = { program: programBytes, share: Bun.file(share), snapshot: snapshotBytes };
  const engine = await startEngine(files, fail);
  const foreign = foreignSnapshot(engine.sqlDigest, SQL_DIGEST);
  if (foreign !== null) throw new Error(foreign);
  return engine;
}

function fail(reason: unknown): void {
  self.postMessage({ kind: "failed", reason: String(reason) });
}

try {
  const engine = await start();
  self.onmessage = ({ data }) => {
    forgetCancel(engine.interrupts);
    engine.run(data).then((bytes) => self.postMessage({ kind: "answer", bytes }), fail);
  };
  self.postMessage({ kind: "ready", interrupts: engine.interrupts });
} catch (error) {
  fail(error);
}
