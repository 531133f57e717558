/**
 * channel: the one byte stream to a backend, as messages, from the first byte to the end.
 *
 * Read message by message during the login, then handed over to one listener for good. Ends once, with one reason, for
 * whatever cause (server closed, reset, garbage, our own decision); nothing is ever reopened and no event of the stream
 * goes unheard. Made by open.ts; used by login and wire.
 */
import type { Duplex } from "node:stream";
import { boundedText } from "../evidence/bounded-text.ts";
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";
import { encode, type Message, MessageReader } from "./messages.ts";

export type ChannelListener = {
  receive(messages: readonly Message[]): void;
  /** Called once. After it nothing is received. */
  ended(reason: Failure): void;
};

const TERMINATE = encode("X");

export class Channel {
  readonly #stream: Duplex;
  readonly #address: string;
  readonly #reader = new MessageReader();
  readonly #closed = Promise.withResolvers<void>();
  #waiting: ((message: Message | Failure) => void) | null = null;
  #unread: Message[] = [];
  #listener: ChannelListener | null = null;
  #reason: Failure | null = null;

  constructor(stream: Duplex, address: string) {
    this.#stream = stream;
    this.#address = address;
    stream.on("data", (chunk: Buffer) => this.#take(chunk));
    stream.on("error", (error: Error) => this.abandon(this.#broken(error)));
    stream.on("end", () => this.abandon(this.#broken(null)));
    stream.on("close", () => {
      this.abandon(this.#broken(null));
      this.#closed.resolve();
    });
  }

  /** Resolves when the stream is closed. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  send(bytes: Buffer): void {
    if (this.#reason === null) this.#stream.write(bytes);
  }

  /** The next message, or why there will be none. For the login only. */
  async next(): Promise<Message | Failure> {
    const first = this.#unread.shift();
    if (first !== undefined) return first;
    if (this.#reason !== null) return this.#reason;
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** From here on every message goes to the listener, those that were not read yet first. */
  handOver(listener: ChannelListener): void {
    this.#listener = listener;
    this.#reader.maximumBytes = limits.messageBytes;
    if (this.#unread.length > 0) listener.receive(this.#unread.splice(0));
    if (this.#reason !== null) listener.ended(this.#reason);
  }

  /** Says goodbye: Terminate, then the end of our half. */
  finish(reason: Failure): void {
    if (this.#reason !== null) return;
    this.#stream.end(TERMINATE);
    this.#end(reason);
  }

  /** Drops the stream at once, without a word; the first reason stays. */
  abandon(reason: Failure): void {
    this.#end(reason);
    this.#stream.destroy();
  }

  #end(reason: Failure): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#waiting?.(reason);
    this.#waiting = null;
    this.#listener?.ended(reason);
  }

  #take(chunk: Buffer): void {
    if (this.#reason !== null) return;
    const messages = this.#reader.push(chunk);
    if (messages instanceof Failure) this.abandon(messages);
    else if (this.#listener !== null) this.#listener.receive(messages);
    else this.#keepForNext(messages);
  }

  #keepForNext(messages: readonly Message[]): void {
    this.#unread.push(...messages);
    if (this.#waiting === null) return;
    const first = this.#unread.shift();
    if (first === undefined) return;
    this.#waiting(first);
    this.#waiting = null;
  }

  #broken(error: Error | null): Failure {
    const known = error instanceof Failure ? error : error?.cause;
    if (known instanceof Failure) return known;
    const how = error === null ? "the other side closed the connection" : boundedText(error.message);
    return new Failure("SESSION_LOST", `${this.#address}: ${how}`, { facts: { address: this.#address }, cause: error });
  }
}
