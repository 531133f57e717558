/**
 * messages: PostgreSQL's frontend/backend protocol 3.0 as bytes: cutting the stream into messages, and making ours.
 *
 * Pure; knows lengths and strings and nothing of what a message means. Never buffers a message whose announced length
 * is over the limit. Source: PostgreSQL manual, "Message Formats". Called by channel, login, cancel and wire.
 */
import { Failure } from "../failure.ts";
import { limits } from "../limits.ts";

/** One message of the server. `frame` is the whole of it, `body` what follows type and length. */
export type Message = { readonly type: string; readonly body: Buffer; readonly frame: Buffer };

const HEADER_BYTES = 5;
const LENGTH_BYTES = 4;
const EMPTY = Buffer.alloc(0);

export class MessageReader {
  /** Small until the login is over: before it, anybody may be at the other end. */
  maximumBytes: number = limits.loginMessageBytes;
  #chunks: Buffer[] = [];
  #held = 0;
  #wanted = HEADER_BYTES;

  /** The messages that are complete with these bytes; SESSION_PROTOCOL for a length that cannot be. */
  push(chunk: Buffer): readonly Message[] | Failure {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#wanted) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#held);
    const messages: Message[] = [];
    let start = 0;
    while (bytes.length - start >= HEADER_BYTES) {
      const length = bytes.readUInt32BE(start + 1);
      const end = start + 1 + length;
      if (length < LENGTH_BYTES || length > this.maximumBytes) return impossible(length, this.maximumBytes);
      if (end > bytes.length) break;
      const type = String.fromCharCode(bytes[start] ?? 0);
      messages.push({ type, body: bytes.subarray(start + HEADER_BYTES, end), frame: bytes.subarray(start, end) });
      start = end;
    }
    this.#keep(bytes.subarray(start));
    return messages;
  }

  #keep(rest: Buffer): void {
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#held = rest.length;
    this.#wanted = rest.length < HEADER_BYTES ? HEADER_BYTES : 1 + rest.readUInt32BE(1);
  }
}

function impossible(length: number, maximum: number): Failure {
  return new Failure("SESSION_PROTOCOL", `a message of ${length} bytes was announced; at most ${maximum} are taken`, {
    facts: { announced_bytes: length, maximum_bytes: maximum },
  });
}

/** A typed message with its length. */
export function encode(type: string, body: Buffer = EMPTY): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(type, 0, "latin1");
  header.writeUInt32BE(body.length + LENGTH_BYTES, 1);
  return Buffer.concat([header, body]);
}

/** A message of the opening phase, which has a request code in place of a type. */
export function encodeRequest(code: number, body: Buffer = EMPTY): Buffer {
  const header = Buffer.alloc(2 * LENGTH_BYTES);
  header.writeUInt32BE(body.length + header.length, 0);
  header.writeUInt32BE(code, LENGTH_BYTES);
  return Buffer.concat([header, body]);
}

/** A string as the protocol ends it. */
export function zeroTerminated(text: string): Buffer {
  return Buffer.from(`${text}\0`, "utf8");
}

/** The zero-terminated strings of a body, up to an empty one or the end. */
export function readStrings(body: Buffer): string[] {
  const text = body.toString("utf8");
  const strings = text.split("\0");
  const end = strings.indexOf("");
  return end === -1 ? strings : strings.slice(0, end);
}

/** The name and value of a ParameterStatus message; a value may be empty. */
export function readParameter(body: Buffer): readonly [name: string, value: string] {
  const [name = "", value = ""] = body.toString("utf8").split("\0");
  return [name, value];
}
