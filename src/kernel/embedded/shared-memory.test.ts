import { expect, test } from "bun:test";
import { withSharedMemory } from "./shared-memory.ts";

const PREAMBLE = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A function type without parameters, and an import of kind tag, global, function and table before the memory. */
const TYPES = [1, 4, 1, 0x60, 0, 0];
const GLOBAL = [1, 0x61, 1, 0x67, 3, 0x7f, 0];
const FUNCTION = [1, 0x61, 1, 0x66, 0, 0];
const TABLE = [1, 0x61, 1, 0x74, 1, 0x70, 1, 1, 9];

function importing(memory: readonly number[]): Uint8Array {
  const imports = [4, ...GLOBAL, ...FUNCTION, ...TABLE, 1, 0x61, 1, 0x6d, 2, ...memory];
  return new Uint8Array([...PREAMBLE, ...TYPES, 2, imports.length, ...imports]);
}

async function accepts(module: Uint8Array, memory: WebAssembly.Memory): Promise<boolean> {
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 1, maximum: 9 });
  const a = { g: 7, f: () => {}, t: table, m: memory };
  const compiled = await WebAssembly.compile(module as Uint8Array<ArrayBuffer>);
  return WebAssembly.instantiate(compiled, { a }).then(
    () => true,
    () => false,
  );
}

test("a module takes a shared memory once it was rewritten, and not before", async () => {
  const shared = new WebAssembly.Memory({ initial: 2, maximum: 200, shared: true });
  for (const memory of [
    [0, 1],
    [1, 1, 0xc8, 1],
  ]) {
    const module = importing(memory);
    expect([await accepts(module, shared), await accepts(withSharedMemory(module), shared)]).toEqual([false, true]);
  }
});

test("a module that imports no memory stays as it is", () => {
  const plain = new Uint8Array([...PREAMBLE, ...TYPES]);
  expect(withSharedMemory(plain)).toEqual(plain);
});

test("an import of an unknown kind is refused, not skipped wrongly", () => {
  const unknown = new Uint8Array([...PREAMBLE, 2, 6, 1, 1, 0x61, 1, 0x78, 9]);
  expect(() => withSharedMemory(unknown)).toThrow("kind 9");
});
