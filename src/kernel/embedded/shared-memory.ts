/**
 * shared-memory: makes a WebAssembly module accept a memory that two threads can see.
 *
 * JavaScriptCore does not look for a termination inside a WebAssembly loop, so a worker that runs one cannot be ended
 * from outside. PostgreSQL does look, at a flag in its memory: with shared memory the other thread can raise it, as a
 * signal handler would. Only the declaration of the imported memory is changed, never code. Called by engine.ts.
 * Source: WebAssembly core specification, "Binary Format", and the threads proposal, "limits".
 */

const PREAMBLE_BYTES = 8;
const IMPORT_SECTION = 2;
const HAS_MAXIMUM = 1;
const HAS_MAXIMUM_AND_IS_SHARED = 3;

/** What an import brings in, as the format numbers it. */
const kinds = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;

/** 64 KiB each; the most that the engine's main module declares. A side module may declare no more than that. */
export const MAXIMUM_PAGES = 32_768;

/** The module with its imported memory declared as shared; as it was where it imports none. */
export function withSharedMemory(module: Uint8Array): Uint8Array {
  const reader = new Reader(module, PREAMBLE_BYTES);
  while (reader.at < module.length) {
    const id = reader.byte();
    const sizeAt = reader.at;
    const size = reader.number();
    const start = reader.at;
    if (id === IMPORT_SECTION) return rewriteImports(reader, sizeAt, start + size);
    reader.at = start + size;
  }
  return module;
}

function rewriteImports(reader: Reader, sizeAt: number, end: number): Uint8Array {
  const { bytes } = reader;
  const start = reader.at;
  for (let left = reader.number(); left > 0; left--) {
    reader.name();
    reader.name();
    const kind = reader.byte();
    if (kind !== kinds.memory) {
      skipDescription(reader, kind);
      continue;
    }
    const limitsAt = reader.at;
    const flags = reader.byte();
    const minimum = reader.number();
    const maximum = (flags & HAS_MAXIMUM) === 0 ? MAXIMUM_PAGES : reader.number();
    const limits = [HAS_MAXIMUM_AND_IS_SHARED, ...encodeNumber(minimum), ...encodeNumber(maximum)];
    const size = limitsAt - start + limits.length + (end - reader.at);
    const before = bytes.subarray(start, limitsAt);
    return concatenate([bytes.subarray(0, sizeAt), encodeNumber(size), before, limits, bytes.subarray(reader.at)]);
  }
  return bytes;
}

function skipDescription(reader: Reader, kind: number): void {
  if (kind === kinds.function) reader.number();
  else if (kind === kinds.global) reader.at += 2;
  else if (kind === kinds.tag) {
    reader.byte();
    reader.number();
  } else if (kind === kinds.table) {
    reader.byte();
    const flags = reader.byte();
    reader.number();
    if ((flags & HAS_MAXIMUM) !== 0) reader.number();
  } else throw new Error(`a WebAssembly module imports something of kind ${kind}, which is not known here`);
}

class Reader {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw new Error("a WebAssembly module ends in the middle of a section");
    this.at += 1;
    return value;
  }

  /** LEB128, unsigned, 32 bits. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new Error("a WebAssembly module holds a number of more than 32 bits where none may be");
  }

  /** Passes over a string. */
  name(): void {
    const length = this.number();
    this.at += length;
  }
}

function encodeNumber(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return [...bytes, rest];
}

function concatenate(parts: readonly (Uint8Array | number[])[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
