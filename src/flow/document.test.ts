/** document.test: what can never become units is refused, with the place where it goes wrong. */
import { expect, test } from "bun:test";
import { Failure } from "../kernel/failure.ts";
import { limits } from "../kernel/limits.ts";
import { openDocument } from "./document.ts";

function refusal(bytes: Uint8Array | string, documentId = "DOC"): { code: string; facts: unknown } | string {
  const read = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  const opened = openDocument({ documentId, fileName: "x.txt", bytes: read });
  return opened instanceof Failure ? { code: opened.code, facts: opened.facts } : opened.sourceSha256;
}

test("a document id is 1 to 64 plain characters, the first a letter or digit", () => {
  for (const id of ["", "a/b", "a b", "a%2f", ".a", "-a", "_a", "ü", "a\n", "../x", "a".repeat(65)]) {
    expect(refusal("x", id)).toMatchObject({ code: "DOCUMENT_ID_INVALID" });
  }
  for (const id of ["A", "ICX-CONST", "vn.35_2024-QH15", "9", "a".repeat(64)]) expect(refusal("x", id)).toBeString();
});

test("no bytes are refused", () => {
  expect(refusal("")).toEqual({ code: "DOCUMENT_EMPTY", facts: { bytes: 0 } });
});

test("bytes that are not UTF-8 are refused with the offset of the first bad one", () => {
  const cases: readonly (readonly [readonly number[], number])[] = [
    [[0x61, 0xff], 1],
    [[0x80], 0],
    [[0xc0, 0x80], 0],
    [[0x61, 0x62, 0xe0, 0x80, 0x80], 2],
    [[0xed, 0xa0, 0x80], 0],
    [[0xf4, 0x90, 0x80, 0x80], 0],
    [[0xe1, 0xba, 0xa1, 0xe1, 0xba], 3],
    [[0xc4, 0x91, 0xc3], 2],
  ];
  for (const [bytes, offset] of cases) {
    expect(refusal(Uint8Array.from(bytes))).toEqual({ code: "DOCUMENT_NOT_TEXT", facts: { offset } });
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes))).toThrow();
  }
});

test("a NUL byte is refused with its offset: PostgreSQL's text cannot hold it", () => {
  expect(refusal("ab\0c")).toEqual({ code: "DOCUMENT_NOT_TEXT", facts: { offset: 2 } });
});

test("a document over the limit is refused before it is looked at", () => {
  const bytes = { byteLength: limits.documentBytes + 1 } as Uint8Array;
  expect(refusal(bytes)).toMatchObject({ code: "DOCUMENT_TOO_LARGE" });
});

test("a byte order mark, line ends of every kind and combining marks are text", () => {
  expect(refusal("\ufeffA\r\nb\rc\u0301\f\u00a0")).toBeString();
});
