/**
 * version/seal: the digest of a whole program, kept in the program itself, so that it can be asked without a list of
 * digests beside it.
 *
 * It is taken with its own digits as zeros. It shows damage: a bit that flipped on a disk, a copy that was cut off.
 * Whoever means to deceive can seal again; against that there are SHA256SUMS and its signature. Pure. Written by the
 * build, read by the selftest.
 */
import { createHash } from "node:crypto";

const DIGITS = 64;
const ZEROS = "0".repeat(DIGITS);
const SEAL = /^cutter seal, [ -~]+: ([0-9a-f]{64})\n$/;

/** The digits in a seal's text, or null where it is none. */
export function digitsOf(seal: string): string | null {
  return SEAL.exec(seal)?.[1] ?? null;
}

export type Sealed = {
  /** Where the digits begin. */
  readonly at: number;
  /** Of the program as it is, with zeros in their place. */
  readonly digest: string;
};

/** Of a program that carries a seal of this text, exactly once; or, as a string, what is wrong with that. */
export function digestSealed(program: Uint8Array, seal: string): Sealed | string {
  const bytes = Buffer.from(program.buffer, program.byteOffset, program.byteLength);
  const text = Buffer.from(seal, "latin1");
  const found = bytes.indexOf(text);
  if (found === -1) return "the seal is not in it";
  if (bytes.indexOf(text, found + 1) !== -1) return "the seal is in it twice";
  const at = found + text.byteLength - DIGITS - 1;
  const hash = createHash("sha256").update(bytes.subarray(0, at)).update(ZEROS);
  return { at, digest: hash.update(bytes.subarray(at + DIGITS)).digest("hex") };
}
