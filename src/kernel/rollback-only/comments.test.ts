import { expect, test } from "bun:test";
import { stopwatch } from "../clock.ts";
import { withoutComments } from "./comments.ts";

test("comments are taken out, blocks in blocks too", () => {
  const text = "a -- execute b\nc /* execute /* d */ execute */ e /**/f";
  expect(withoutComments(text)).toBe("a  \nc   e  f");
});

test("what only looks like a comment is kept, with all that follows", () => {
  for (const kept of [
    "'--' EXECUTE x",
    "'it''s --' EXECUTE x",
    String.raw`E'\'--' EXECUTE x`,
    String.raw`e'\\' || '/*' EXECUTE x`,
    `"--" EXECUTE x`,
    `"a""--" EXECUTE x`,
    "$$--$$ EXECUTE x",
    "$é1$ -- $$ /* $é1$ EXECUTE x",
    "x$a$ EXECUTE y$a$",
    "$1 EXECUTE x",
    "E'a'\n'\\' -- ' || EXECUTE x",
    "E'a' -- b\n  '\\' -- ' || EXECUTE x",
    "$1$a$ -- $a$ EXECUTE x",
    "1abc$x$ ' $x$ -- ' ; EXECUTE b",
    "0x1F$x$ -- $x$ EXECUTE x",
    "a - - EXECUTE x",
    "a / * EXECUTE x",
  ]) {
    expect(withoutComments(kept)).toBe(kept);
  }
  expect(withoutComments(String.raw`'\' EXECUTE x --'`)).toBe(String.raw`'\' EXECUTE x  `);
  expect(withoutComments("x$a$ -- $a$\nEXECUTE y")).toBe("x$a$  \nEXECUTE y");
  expect(withoutComments(String.raw`xE'\' -- '`)).toBe(String.raw`xE'\'  `);
});

test("any text is read in linear time", () => {
  const elapsed = stopwatch();
  for (const piece of ["'", '"', "/*", "*/", "--", "$a$", "$", "E'", "\\'", "''", "a$", "--\n"]) {
    withoutComments(piece.repeat(500_000 / piece.length));
  }
  withoutComments(Array.from({ length: 100_000 }, (_, index) => `$a${index}$`).join(" "));
  expect(elapsed()).toBeLessThan(5_000);
});
