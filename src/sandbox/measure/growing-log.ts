/**
 * measure/growing-log: whether the log of a server was only ever added to, as far as it was looked at.
 *
 * What a server starts has its log open too, and could cut it: then a trace, and a number of sessions that is read from
 * it, would say nothing. So at each look it has to be no shorter than at the last, and to begin as it began. Reads
 * only. Called by the steps and the scenarios.
 */
import { sha256 } from "../../kernel/digest.ts";
import { limits } from "../../kernel/limits.ts";
import { logLength, readLog } from "./server-log.ts";

export class GrowingLog {
  readonly path: string;
  readonly #headBytes: number;
  readonly #head: string;
  readonly #cuts: string[] = [];
  #length: number;

  /** Of a server that has begun to write it. */
  constructor(path: string) {
    this.path = path;
    this.#length = logLength(path);
    this.#headBytes = Math.min(this.#length, limits.digestChunkBytes);
    this.#head = this.#digest();
  }

  /** Bytes now. */
  look(): number {
    const now = logLength(this.path);
    if (now < this.#length) this.#cuts.push(`${this.#length} bytes were there, then ${now}`);
    else if (this.#digest() !== this.#head) this.#cuts.push(`its first ${this.#headBytes} bytes are others`);
    if (now > limits.sandboxLogBytes) this.#cuts.push(`${now} bytes, of which ${limits.sandboxLogBytes} are read`);
    this.#length = now;
    return now;
  }

  /** Empty where it only grew, and all of it is read. */
  get cuts(): readonly string[] {
    return this.#cuts;
  }

  #digest(): string {
    return sha256(readLog(this.path, 0, this.#headBytes));
  }
}
