/**
 * standard-input: a document that comes through standard input, `cutter plan -`: read to its end, within a bound.
 *
 * Only for what is read once and makes no run: a run names a file that can be read again. It never reads more than the
 * bound and one chunk. Called by plan.ts.
 */
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";

/** FILE_UNREADABLE where it cannot be read, or holds more than a document may. */
export function readStandardInput(): Promise<Uint8Array | Failure> {
  return readStream(Bun.stdin.stream(), limits.documentBytes);
}

export async function readStream(stream: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Uint8Array | Failure> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for await (const chunk of stream) {
      total += chunk.byteLength;
      if (total > limitBytes) return tooLarge(limitBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    const message = `cannot read standard input: ${error instanceof Error ? error.message : String(error)}`;
    return new Failure("FILE_UNREADABLE", message, { hint: HINT, cause: error });
  }
  return Buffer.concat(chunks);
}

const HINT = "`-` is a document on standard input: UTF-8 text or Markdown.";

function tooLarge(limitBytes: number): Failure {
  const facts = { path: "-", limit_bytes: limitBytes };
  return new Failure("FILE_UNREADABLE", `standard input holds more than ${limitBytes} bytes`, { hint: HINT, facts });
}
