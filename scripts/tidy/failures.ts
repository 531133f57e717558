/**
 * failures: each code in the failure table is one that something can answer with.
 *
 * A code that nothing uses is a promise in `cutter explain` that the program does not keep. A rule of tidy, with a bad
 * sample in tidy.test.ts.
 */
import { isNode, type Node, nodesOf } from "./syntax.ts";
import { isTest, lineAt, type Rule } from "./tree.ts";

const TABLE = /^src\/kernel\/failure-table(\.ts|\/[a-z-]+\.ts)$/;

export const usedFailures: Rule = {
  name: "used-failures",
  check: ({ sources }) => {
    const said = new Set(
      sources
        .filter((source) => !TABLE.test(source.path) && !isTest(source) && /^(src|proofs)\//.test(source.path))
        .flatMap(({ syntax }) => (syntax === null ? [] : nodesOf(syntax.program, "Literal").map(({ value }) => value))),
    );
    return sources
      .filter(({ path }) => TABLE.test(path))
      .flatMap((table) =>
        codes(table.syntax?.program)
          .filter(({ code }) => !said.has(code))
          .map(({ code, start }) => ({
            path: table.path,
            line: lineAt(table, start),
            message: `nothing fails with ${code}`,
          })),
      );
  },
};

/** The keys whose value is an entry: an object that has an exit code. */
function codes(program: Node | undefined): { code: string; start: number }[] {
  if (program === undefined) return [];
  return nodesOf(program, "Property")
    .filter(({ value }) => isNode(value) && propertyNames(value).includes("exit"))
    .map(({ key, start }) => ({ code: isNode(key) ? String(key.name) : "", start }));
}

function propertyNames(value: Node): string[] {
  if (value.type !== "ObjectExpression") return [];
  const properties = value.properties as readonly (Node & { readonly key?: Node })[];
  return properties.map(({ key }) => String(key?.name));
}
