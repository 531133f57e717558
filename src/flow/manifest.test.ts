/** manifest.test: the manifest's digest is fixed, and depends on all that it should and nothing else. */
import { expect, test } from "bun:test";
import { Failure } from "../kernel/failure.ts";
import { openDocument, type SourceDocument } from "./document.ts";
import { assertTiling, makeManifest } from "./manifest.ts";
import { LAW_EN } from "./profiles/law-en.ts";
import { MARKDOWN } from "./profiles/markdown.ts";

function opened(text: string, documentId = "GOLD"): SourceDocument {
  const document = openDocument({ documentId, fileName: "gold.md", bytes: new TextEncoder().encode(text) });
  if (document instanceof Failure) throw new Error(document.message);
  return document;
}

const TEXT = "Preface\r\n\r\nArticle 1. One\r\n(1) First.\r\n(2) Second.\r\n";

test("the digests of a small document are these, for ever: a change of format needs a new version", () => {
  const manifest = makeManifest(opened(TEXT), LAW_EN);
  expect(manifest.units.map(({ address, byteStart, byteEnd }) => `${address} ${byteStart} ${byteEnd}`)).toEqual([
    "GOLD/front-matter 0 11",
    "GOLD/article-1 11 27",
    "GOLD/article-1/clause-1 27 39",
    "GOLD/article-1/clause-2 39 52",
  ]);
  expect([manifest.sourceSha256, manifest.units[1]?.contentSha256, manifest.manifestSha256]).toEqual([
    "014dee41a45db317d125577927115c2e8692e8c03e6db14364d59d65e1c005f7",
    "d551b9ca157323077f2ebcfc6c82a47cfebee43af6860a853330f593e5a6685b",
    "d7d78a2b25790cf0ac30620e146ee8c1a553752d31ded3e6521e60d6d6496219",
  ]);
});

test("one byte, another document id, another profile or version make another digest; the same input the same", () => {
  const digest = (text: string, id: string, profile = LAW_EN) => makeManifest(opened(text, id), profile).manifestSha256;
  const first = digest(TEXT, "GOLD");
  expect(digest(TEXT, "GOLD")).toBe(first);
  const others = [
    digest(`${TEXT} `, "GOLD"),
    digest(TEXT, "GOLD2"),
    digest(TEXT, "GOLD", MARKDOWN),
    digest(TEXT, "GOLD", { ...LAW_EN, version: "3" }),
  ];
  expect(new Set([first, ...others]).size).toBe(5);
});

test("a manifest whose units leave a gap, overlap, are empty, end early or share an address crashes", () => {
  const { units, bytes } = makeManifest(opened(TEXT), LAW_EN);
  const changed = (index: number, change: object) =>
    units.map((unit, at) => (at === index ? { ...unit, ...change } : unit));
  expect(() => assertTiling(units, bytes)).not.toThrow();
  expect(() => assertTiling(changed(1, { byteStart: 12 }), bytes)).toThrow("unit 2 covers 12 to 27, and 11 was");
  expect(() => assertTiling(changed(2, { byteStart: 26 }), bytes)).toThrow("unit 3 covers 26 to 39, and 27 was");
  expect(() => assertTiling(changed(1, { byteEnd: 11 }), bytes)).toThrow("unit 2 covers 11 to 11");
  expect(() => assertTiling(units, bytes + 1)).toThrow("the units cover 52 of 53 bytes");
  expect(() => assertTiling(changed(3, { address: "GOLD/article-1" }), bytes)).toThrow("two units have the address");
});
