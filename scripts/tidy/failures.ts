/**
 * failures: each code in the failure table is one that something can answer with.
 *
 * A code that nothing uses is a promise in `cutter explain` that the program does not keep. A rule of tidy, with a bad
 * sample in tidy.test.ts.
 */
import { isNode, type Node, nodesOf } from "./syntax.ts";
import { isTest, lineAt, type Rule } from "./tree.ts";

const TABLE = "src/kernel/failure-table.ts";

export const usedFailures: Rule = {
  name: "used-failures",
  check: ({ sources }) => {
    const table = sources.find(({ path }) => path === TABLE);
    if (table?.syntax == null) return [];
    const said = new Set(
      sources
        .filter((source) => source !== table && !isTest(source) && /^(src|proofs)\//.test(source.path))
        .flatMap(({ syntax }) => (syntax === null ? [] : nodesOf(syntax.program, "Literal").map(({ value }) => value))),
    );
    return codes(table.syntax.program)
      .filter(({ code }) => !said.has(code))
      .map(({ code, start }) => ({ path: TABLE, line: lineAt(table, start), message: `nothing fails with ${code}` }));
  },
};

/** The keys of the object that FAILURES is. */
function codes(program: Node): { code: string; start: number }[] {
  const declarator = nodesOf(program, "VariableDeclarator").find(({ id }) => isNode(id) && id.name === "FAILURES");
  const [table] = declarator === undefined ? [] : nodesOf(declarator, "ObjectExpression");
  const properties = (table?.properties ?? []) as readonly (Node & { readonly key: Node })[];
  return properties.map(({ key, start }) => ({ code: String(key.name), start }));
}
