/** Tests of how a page is read, and how a stale answer is replaced. */
import { expect, test } from "bun:test";
import { parsePage } from "./page.ts";
import { type Played, sessionsOf } from "./play.ts";
import { updatedPage } from "./update.ts";

const FENCE = "```";

function pageOf(...lines: readonly string[]) {
  return parsePage("docs/a.md", lines.join("\n"));
}

test("commands go on over a backslash and a here-document, and what follows is their answer", () => {
  const { blocks } = pageOf(
    ...["<!-- session: shop -->", `${FENCE}console`, "$ cat > a <<'SQL'", "SELECT 1;", "SQL", "$ a \\", "    b"],
    ...["one", "two", "$ true", FENCE],
  );
  expect(blocks[0]?.session).toBe("shop");
  expect(blocks[0]?.steps.map(({ command, output }) => [command, output])).toEqual([
    ["cat > a <<'SQL'\nSELECT 1;\nSQL", []],
    ["a \\\n    b", ["one", "two"]],
    ["true", []],
  ]);
});

test("a comment that no rule knows, or that stands before no block, is not overlooked", () => {
  const block = [`${FENCE}console`, "$ true", FENCE];
  expect(pageOf("<!-- not  run: x -->", ...block).stray).toHaveLength(1);
  expect(pageOf("<!-- not run: x -->", "text", ...block).stray).toHaveLength(1);
  expect(pageOf("<!-- not run: x -->", ...block)).toMatchObject({ stray: [], blocks: [{ notRun: "x" }] });
});

test("a block without an end, a command without one, and an answer without a command are refused", () => {
  expect(() => pageOf(`${FENCE}console`, "$ true")).toThrow("has no end");
  expect(() => pageOf(`${FENCE}console`, "$ cat <<X", "a", FENCE)).toThrow("has no end");
  expect(() => pageOf(`${FENCE}console`, "answer", "$ true", FENCE)).toThrow("begins with a command");
});

test("a session needs a stage that there is; a block that is not run needs none", () => {
  const block = [`${FENCE}console`, "$ true", FENCE];
  expect(() => sessionsOf(pageOf(...block))).toThrow("no session has begun");
  expect(() => sessionsOf(pageOf("<!-- session: nowhere -->", ...block))).toThrow("no stage is called nowhere");
  expect(sessionsOf(pageOf("<!-- not run: x -->", ...block))).toEqual([]);
});

test("a stale answer is replaced, with as many lines around a gap as before; another stays to the letter", () => {
  const page = pageOf(
    ...["text", `${FENCE}console`, "$ a", "old", "$ b", "head", "…", "tail", "$ c", "kept", FENCE, "more"],
  );
  const [block] = page.blocks;
  if (block === undefined) throw new Error("there is no block");
  const answers = [["new", "lines"], ["first", "second", "third", "last"], ["other"]];
  const problems = ["stale", "stale", null];
  const played = block.steps.map((step, index): Played => {
    return { block, step, answer: answers[index] ?? [], problem: problems[index] ?? null };
  });
  expect(updatedPage(page, played).split("\n")).toEqual([
    ...["text", `${FENCE}console`, "$ a", "new", "lines", "$ b", "first", "…", "last", "$ c", "kept", FENCE, "more"],
  ]);
});
