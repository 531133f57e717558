/** html-block.test: headings and raw HTML in Markdown, against the examples of CommonMark's own specification. */
import { expect, test } from "bun:test";
import { cut, realDocument, tree } from "./sample.ts";

type Example = { readonly markdown: string; readonly html: string };

/** Of the section on HTML blocks, tabs put back. */
function examples(): readonly Example[] {
  const spec = new TextDecoder().decode(realDocument("commonmark-spec.txt"));
  const section = spec.slice(spec.indexOf("\n## HTML blocks"), spec.indexOf("\n## Link reference definitions"));
  const found = section.matchAll(/^`{32} example\n([\s\S]*?)^\.\n([\s\S]*?)^`{32}$/gm);
  return [...found].map(([, markdown = "", html = ""]) => ({
    markdown: markdown.replaceAll("→", "\t"),
    html: html.replaceAll("→", "\t"),
  }));
}

function headings(markdown: string): number {
  return cut(markdown, "markdown").filter(({ kind }) => kind === "heading").length;
}

test("the specification's examples of HTML blocks have the headings that it says", () => {
  const wrong = examples().filter(({ markdown, html }) => {
    const raw = markdown.match(/<h[1-6]>/g)?.length ?? 0;
    return headings(markdown) !== (html.match(/<h[1-6]>/g)?.length ?? 0) - raw;
  });
  expect({ examples: examples().length, wrong }).toEqual({ examples: 46, wrong: [] });
});

test("a heading in the place of a line of emphasis is one only where the specification shows emphasis", () => {
  const probes = examples().flatMap(({ markdown, html }) =>
    [...markdown.matchAll(/^ {0,3}\*(\w+)\*$/gm)].map(([line, word = ""]) => ({
      markdown: markdown.replace(line, `# ${word}`),
      isHeading: html.includes(`<em>${word}</em>`),
    })),
  );
  const wrong = probes.filter(({ markdown, isHeading }) => headings(markdown) !== (isHeading ? 1 : 0));
  expect({ raw: probes.filter(({ isHeading }) => !isHeading).length, shown: probes.length, wrong }).toEqual({
    raw: 12,
    shown: 18,
    wrong: [],
  });
});

const BLOCKS: readonly (readonly [opens: string, closes: string])[] = [
  ...([
    ["<textarea>", "</textarea>"],
    ["<!-- x", "-->"],
    ["<?php", "?>"],
    ["<!DOCTYPE html", ">"],
    ["<![CDATA[", "]]>"],
  ] as const),
  ...([
    ["<div>", ""],
    ["</DIV ", ""],
    ["<span class='a'>", ""],
  ] as const),
];

for (const [opens, closes] of BLOCKS) {
  test(`# below ${opens} is no heading, and one after its end is`, () => {
    const text = `# Before\n\n${opens}\n# in it\n${closes}\n# After\n`;
    expect(tree(text, "markdown")).toEqual(["heading | Before", "heading | After"]);
  });
}

test("a block without its end holds the rest; a blank line ends a div and no comment", () => {
  expect(tree("# A\n\n<!--\n\n# in\n", "markdown")).toEqual(["heading | A"]);
  expect(tree("# A\n\n<div>\n\n# B\n", "markdown")).toEqual(["heading | A", "heading | B"]);
});

test("a tag inside a paragraph, a word like a tag, or a tag with text after it opens nothing", () => {
  for (const line of ["text\n<span>", "<divx", "<span> text", "<https://a.b>", "    <div>"]) {
    expect({ line, tree: tree(`${line}\n# A\n`, "markdown") }).toEqual({
      line,
      tree: ["front_matter", "heading | A"],
    });
  }
});

test("law inside a div keeps its articles", () => {
  expect(tree("<div>\n## Điều 1. Một\n</div>\n", "law-vi")).toEqual(["front_matter", "article 1 | Một"]);
});
