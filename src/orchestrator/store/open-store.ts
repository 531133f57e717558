/**
 * store/open-store: opens the run store of a state directory, or makes the first one.
 *
 * Judges before it trusts: the directory and the files are private, the file is a run store of a version that this
 * program knows, whole, and with its triggers. What is not so is refused and left as it is: a store that is torn is
 * never replaced by an empty one. Called by the orchestrator and the commands.
 */
import type { Database } from "bun:sqlite";
import * as fs from "node:fs";
import { join } from "node:path";
import evidenceSchema from "../../../sql/store/evidence.sql" with { type: "text" };
import schema from "../../../sql/store/schema.sql" with { type: "text" };
import schemaText from "../../../sql/store/schema-text.sql" with { type: "text" };
import settings from "../../../sql/store/settings.sql" with { type: "text" };
import { canonicalJson } from "../../kernel/digest.ts";
import { Failure } from "../../kernel/failure.ts";
import { limits } from "../../kernel/limits.ts";
import { openPrivateDirectory } from "../../kernel/private-files/directory.ts";
import { Connection } from "./connection.ts";
import { checkStoreFiles, placeNewFile, STORE_FILE } from "./database-file.ts";
import { runLockFiles } from "./lock-file.ts";
import { sqliteFailure, WHILE_OPENING } from "./sqlite-failure.ts";
import { Store } from "./store.ts";

/** `cutr`: tells a run store from any other SQLite file. */
const APPLICATION_ID = 0x63757472;
const VERSION = 2;
/** Of the first program: as version 2, without the evidence. */
const FIRST_VERSION = 1;

type Sqlite = typeof import("bun:sqlite");

/**
 * The store; close it. FILE_NOT_PRIVATE, FILE_WRITE_FAILED, FILE_UNREADABLE, STORE_BUSY, STORE_DAMAGED (torn, emptied,
 * gone while locks of its runs are there, not a run store), STORE_TOO_NEW.
 */
export async function openStore(stateDirectory: string): Promise<Store | Failure> {
  const directory = openPrivateDirectory(stateDirectory);
  if (directory instanceof Failure) return directory;
  const path = join(directory, STORE_FILE);
  // Not before it is needed: `cutter --version` does not pay for it.
  const sqlite = await import("bun:sqlite");
  const ready = checkStoreFiles(path);
  if (ready instanceof Failure) return ready;
  const made = ready === "absent" ? makeStore(sqlite, directory, path) : null;
  if (made !== null) return made;
  return openChecked(sqlite, directory, path);
}

function makeStore(sqlite: Sqlite, directory: string, path: string): Failure | null {
  const locks = runLockFiles(directory);
  if (locks instanceof Failure) return locks;
  const [lock] = locks;
  if (lock === undefined) return placeNewFile(path, emptyStore(sqlite));
  // Another process made it, and began a run, since we looked.
  if (checkStoreFiles(path) === "present") return null;
  return new Failure("STORE_DAMAGED", `${path} is gone, and ${lock} says that there were runs`, { facts: { path } });
}

function openChecked(sqlite: Sqlite, directory: string, path: string): Store | Failure {
  let database: Database | null = null;
  let failure: Failure | null;
  try {
    database = new sqlite.Database(path, { readwrite: true, create: false, strict: true });
    database.run(`PRAGMA busy_timeout = ${limits.storeBusyTimeoutMs}`);
    failure = judgeIdentity(database, path) ?? settle(database, path) ?? judgeContent(sqlite, database, path);
    failure ??= migrate(database);
    const files = failure ?? checkStoreFiles(path);
    if (!(files instanceof Failure)) return new Store(directory, new Connection(path, database));
    failure = files;
  } catch (error) {
    failure = sqliteFailure(path, error, WHILE_OPENING);
  }
  database?.close();
  return failure;
}

/** Read before anything is set, so that a file of another program stays as it was. */
function judgeIdentity(database: Database, path: string): Failure | null {
  const application = pragma(database, "application_id");
  const version = Number(pragma(database, "user_version"));
  const facts = { path, application_id: application, version };
  if (application !== APPLICATION_ID) return damaged(path, "it is a file of another program, or was emptied", facts);
  if (version === VERSION || version === FIRST_VERSION) return null;
  if (version < VERSION) return damaged(path, `it has version ${version}, which never was`, facts);
  const message = `the run store ${path} has version ${version}, and this program knows ${VERSION}`;
  return new Failure("STORE_TOO_NEW", message, { facts });
}

/** Each setting is read back: SQLite ignores what it cannot do. */
function settle(database: Database, path: string): Failure | null {
  database.run(settings);
  const got = {
    journal_mode: pragma(database, "journal_mode"),
    synchronous: pragma(database, "synchronous"),
    foreign_keys: pragma(database, "foreign_keys"),
    encoding: pragma(database, "encoding"),
  };
  const wanted = { journal_mode: "wal", synchronous: 2, foreign_keys: 1, encoding: "UTF-8" };
  return canonicalJson(got) === canonicalJson(wanted)
    ? null
    : damaged(path, "its settings are others", { path, ...got });
}

function judgeContent(sqlite: Sqlite, database: Database, path: string): Failure | null {
  const version = Number(pragma(database, "user_version"));
  if (canonicalJson(database.query(schemaText).all()) !== expectedSchema(sqlite, version)) {
    return damaged(path, "its tables or triggers are not those of this version", { path });
  }
  const { size } = fs.lstatSync(path);
  if (isCutOff(database, path, size)) return damaged(path, "it ends in the middle of a page", { path, bytes: size });
  if (size > limits.storeReadThroughBytes) return null;
  const said = pragma(database, "quick_check(1)");
  return said === "ok" ? null : damaged(path, `SQLite says: ${said}`, { path });
}

/** What a checkpoint did not bring to its end is made good from the log, so only a file without one is whole pages. */
function isCutOff(database: Database, path: string, size: number): boolean {
  const log = fs.lstatSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return log === 0 && size % Number(pragma(database, "page_size")) !== 0;
}

function pragma(database: Database, name: string): string | number {
  const [[value] = []] = database.query(`PRAGMA ${name}`).values() as (string | number)[][];
  return value ?? "nothing";
}

function damaged(path: string, reason: string, facts: Failure["facts"]): Failure {
  return new Failure("STORE_DAMAGED", `the run store ${path} is damaged or not one: ${reason}`, { facts });
}

/** In one transaction, for which another process waits and then finds it done. */
function migrate(database: Database): null {
  if (pragma(database, "user_version") === VERSION) return null;
  database.run("BEGIN IMMEDIATE");
  if (pragma(database, "user_version") !== VERSION) {
    database.run(evidenceSchema);
    database.run(`PRAGMA user_version = ${VERSION}`);
  }
  database.run("COMMIT");
  return null;
}

function expectedSchema(sqlite: Sqlite, version: number): string {
  const database = new sqlite.Database(":memory:");
  database.run(schema);
  if (version !== FIRST_VERSION) database.run(evidenceSchema);
  const text = canonicalJson(database.query(schemaText).all());
  database.close();
  return text;
}

/** The bytes of a store without runs. */
function emptyStore(sqlite: Sqlite): Uint8Array {
  const database = new sqlite.Database(":memory:");
  database.run(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION};`);
  database.run(schema);
  database.run(evidenceSchema);
  const bytes = new Uint8Array(database.serialize());
  database.close();
  // Bytes 18 and 19 are 2 in WAL mode (sqlite.org/fileformat2.html §1.3.3), which a database in memory cannot have;
  // changing over later needs a moment in which nobody else has the file open.
  bytes.fill(2, 18, 20);
  return bytes;
}
