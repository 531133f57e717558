/**
 * engine: PostgreSQL as a WebAssembly module: started from a data directory, then asked batch by batch.
 *
 * Starts the real single-user backend with what a server would have set, without the right to change system tables.
 * Everything is in memory and gone with the thread. Knows the protocol only as bytes. A crash inside the engine is
 * reported at once: its own wrapper swallows it and goes on with a broken instance. Called by worker.ts only.
 */
import { MemoryFS, PGlite } from "@electric-sql/pglite";
import { limits } from "../limits.ts";
import { DATA_DIRECTORY, LIBRARY_DIRECTORY, SQL_DIGEST_FILE } from "./data-directory.ts";
import type { Interrupts } from "./interrupts.ts";
import { MAXIMUM_PAGES, withSharedMemory } from "./shared-memory.ts";

/** Contents of the files that the engine is made of. */
export type EngineFiles = {
  readonly program: Uint8Array;
  /** What stands beside the program: time zones, libraries, text search data. */
  readonly share: Blob;
  /** A tar archive. */
  readonly dataDirectory: Blob;
};

export type Engine = {
  /** SHA-256 of the SQL that the data directory was made from; null where it does not say. */
  readonly sqlDigest: string | null;
  readonly interrupts: Interrupts;
  /** Everything that the backend answers to these messages. Throws where it ended instead. */
  run(batch: Uint8Array): Promise<Uint8Array>;
};

/** What the main module exports, beside what PGlite declares; names are PostgreSQL's own, values are addresses. */
type Internals = {
  readonly _InterruptPending: number;
  readonly _QueryCancelPending: number;
  readonly _ProcDiePending: number;
  readonly _MyLatch: number;
  _PostgresMainLoopOnce(): void;
};

const INITIAL_PAGES = 2_048;

/** How PGlite's main loop says that PostgreSQL reported an ordinary error. */
const ORDINARY_ERROR = 100;

const SETTINGS = {
  exit_on_error: "off",
  log_checkpoints: "off",
  autovacuum: "off",
  io_method: "sync",
  max_worker_processes: "0",
  max_parallel_workers: "0",
  max_parallel_workers_per_gather: "0",
  max_parallel_maintenance_workers: "0",
  shared_buffers: "16MB",
  // A thread's stack is small; with 2MB it is full before PostgreSQL looks.
  max_stack_depth: "256kB",
};

/** -F: no fsync, since nothing is on a disk. -j: a statement ends at an empty line, which the protocol never asks. */
const START = [
  "--single",
  "-F",
  "-j",
  ...Object.entries(SETTINGS).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
];

export async function startEngine(files: EngineFiles, crashed: (reason: string) => void): Promise<Engine> {
  const program = await WebAssembly.compile(withSharedMemory(files.program) as Uint8Array<ArrayBuffer>);
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true });
  const database = await PGlite.create({
    fs: new SharedMemoryFileSystem(memory),
    pgliteWasmModule: program,
    // Never run, since there is a data directory; without it the package would look for its own file.
    initdbWasmModule: program,
    fsBundle: files.share,
    loadDataDir: files.dataDirectory,
    startParams: START,
  });
  const internals = database.Module as unknown as Internals;
  reportCrashes(internals, crashed);
  return {
    sqlDigest: readSqlDigest(database),
    interrupts: {
      memory: memory.buffer as unknown as SharedArrayBuffer,
      interruptPending: internals._InterruptPending,
      queryCancelPending: internals._QueryCancelPending,
      procDiePending: internals._ProcDiePending,
      myLatch: internals._MyLatch,
    },
    run: (batch) => runBatch(database, batch),
  };
}

function readSqlDigest({ Module: { FS: files } }: PGlite): string | null {
  const path = `${DATA_DIRECTORY}/${SQL_DIGEST_FILE}`;
  return files.analyzePath(path).exists ? files.readFile(path, { encoding: "utf8" }) : null;
}

/** PGlite's own in-memory files, on a memory that the main thread can see. */
class SharedMemoryFileSystem extends MemoryFS {
  readonly #memory: WebAssembly.Memory;

  constructor(memory: WebAssembly.Memory) {
    super();
    this.#memory = memory;
  }

  override async init(...[database, options]: Parameters<MemoryFS["init"]>): ReturnType<MemoryFS["init"]> {
    const { emscriptenOpts } = await super.init(database, options);
    return { emscriptenOpts: { ...emscriptenOpts, wasmMemory: this.#memory } };
  }

  /** Called when the files are there and nothing has been loaded from them. */
  override async initialSyncFs(): Promise<void> {
    if (this.pg === undefined) throw new Error("the engine's files were asked for before the engine was");
    const files = this.pg.Module.FS;
    const libraries = files.readdir(LIBRARY_DIRECTORY).filter((name: string) => name.endsWith(".so"));
    for (const name of libraries) {
      const path = `${LIBRARY_DIRECTORY}/${name}`;
      files.writeFile(path, withSharedMemory(files.readFile(path)));
    }
  }
}

function reportCrashes(internals: Internals, crashed: (reason: string) => void): void {
  const once = internals._PostgresMainLoopOnce;
  internals._PostgresMainLoopOnce = () => {
    try {
      once();
    } catch (error) {
      if ((error as { status?: number }).status !== ORDINARY_ERROR) crashed(String(error));
      throw error;
    }
  };
}

async function runBatch(database: PGlite, batch: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  await database.execProtocolRawStream(batch, {
    syncToFs: false,
    onRawData: (part) => {
      size += part.length;
      if (size <= limits.embeddedAnswerBytes) parts.push(part.slice());
    },
  });
  if (size > limits.embeddedAnswerBytes) throw new Error(`an answer has more than ${limits.embeddedAnswerBytes} bytes`);
  return Buffer.concat(parts, size);
}
