import { expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import { parseRelationName, readRelationName } from "./relation-name.ts";

test("a name is read as SQL reads it, and belongs to public where it says no schema", () => {
  const names = ["orders", "App.Orders", 'app."Order ""x"".y"', '"app"."orders"', "größe.µ$1"];
  expect(names.map((name) => parseRelationName(name, "--watch"))).toEqual([
    "public.orders",
    "app.orders",
    'app."Order ""x"".y"',
    "app.orders",
    '"größe"."µ$1"',
  ]);
  expect(readRelationName('app."a:b=c":"d"=e')).toEqual({ relation: 'app."a:b=c"', rest: ':"d"=e' });
});

test("what is not one name is refused: it is never repaired", () => {
  for (const text of ["", ".", "a.", ".a", "a.b.c", 'bad"name', '"', '""', 'a."b', "a b", "a-b", "1a", "a.b;", "a\0"]) {
    const answer = parseRelationName(text, "--watch");
    expect([text, answer instanceof Failure && answer.code]).toEqual([text, "USAGE"]);
  }
});
