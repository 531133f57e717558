/**
 * batches: what a client writes, cut into batches that the engine can answer by itself, and what an answer must hold.
 *
 * The engine never waits for more input in the middle of a batch, so a batch ends where a server would answer: at a
 * Query, Sync or Flush message. After a crash the engine "succeeds" with empty answers, so each answer is counted
 * against its batch. Pure. Called by embedded.ts. Source: PostgreSQL manual, "Message Flow".
 */
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { MessageReader } from "../session/messages.ts";

export type Batch = {
  readonly bytes: Buffer;
  /** How many statements must each end in a command tag, an error or a word about COPY. */
  readonly statements: number;
  /** Whether ReadyForQuery must be the last word. */
  readonly end: "ready" | "flush";
};

/** What a client asked in one go; `terminate`: it said goodbye behind that. */
export type Requests = { readonly batches: readonly Batch[]; readonly terminate: "no" | "yes" };

const STARTUP_LENGTH_BYTES = 4;
const EXECUTE = "E";
const QUERY = "Q";
const SYNC = "S";
const FLUSH = "H";
const TERMINATE = "X";

export class BatchReader {
  readonly #reader = new MessageReader();
  #startup: Buffer | null = Buffer.alloc(0);
  #frames: Buffer[] = [];
  #statements = 0;

  constructor() {
    this.#reader.maximumBytes = limits.messageBytes;
  }

  /** The batches that are complete with these bytes; SESSION_PROTOCOL for a length that cannot be. */
  push(chunk: Buffer): Requests | Failure {
    const batches: Batch[] = [];
    const rest = this.#startup === null ? chunk : this.#takeStartup(this.#startup, chunk, batches);
    const messages = this.#reader.push(rest);
    if (messages instanceof Failure) return messages;
    for (const { type, frame } of messages) {
      if (type === TERMINATE) return { batches, terminate: "yes" };
      this.#frames.push(frame);
      if (type === EXECUTE || type === QUERY) this.#statements += 1;
      if (type === QUERY || type === SYNC) batches.push(this.#finish("ready"));
      else if (type === FLUSH) batches.push(this.#finish("flush"));
    }
    return { batches, terminate: "no" };
  }

  /** The first message has a length and no type. */
  #takeStartup(held: Buffer, chunk: Buffer, batches: Batch[]): Buffer {
    const bytes = Buffer.concat([held, chunk]);
    const length = bytes.length < STARTUP_LENGTH_BYTES ? Number.POSITIVE_INFINITY : bytes.readUInt32BE(0);
    this.#startup = bytes.length < length ? bytes : null;
    if (this.#startup !== null) return Buffer.alloc(0);
    batches.push({ bytes: bytes.subarray(0, length), statements: 0, end: "ready" });
    return bytes.subarray(length);
  }

  #finish(end: Batch["end"]): Batch {
    const batch: Batch = { bytes: Buffer.concat(this.#frames), statements: this.#statements, end };
    this.#frames = [];
    this.#statements = 0;
    return batch;
  }
}

/** CommandComplete, EmptyQueryResponse, PortalSuspended. */
const ENDS_OF_STATEMENTS = ["C", "I", "s"];
const ERROR = "E";
const READY = "Z";

/** Judges answers in the order in which they come. */
export class AnswerJudge {
  /** After an error the backend skips everything up to the next Sync. */
  #skipping: "no" | "yes" = "no";

  /** Why this is no answer of a living instance; null where it is one. */
  whyDead(batch: Batch, answer: Buffer): string | null {
    const reader = new MessageReader();
    reader.maximumBytes = limits.messageBytes;
    const messages = reader.push(answer);
    if (messages instanceof Failure) return messages.message;
    const types = messages.map(({ type }) => type);
    const failed = this.#skipping === "yes" || types.includes(ERROR);
    this.#skipping = failed && batch.end === "flush" ? "yes" : "no";
    const ended = types.filter((type) => ENDS_OF_STATEMENTS.includes(type)).length;
    if (!failed && ended < batch.statements) return `${ended} of ${batch.statements} statements have a command tag`;
    if (batch.end === "ready" && types.at(-1) !== READY) return "the answer does not end in ReadyForQuery";
    return null;
  }
}
