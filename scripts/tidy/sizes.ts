/**
 * sizes: files, functions, lines and parameter lists stay small enough to be read at once.
 *
 * The numbers are those of the house style. Rules of tidy; each has a bad sample in tidy.test.ts.
 */
import { dotted, isNode, type Node, walk } from "./syntax.ts";
import { eachSyntax, isTest, lineAt, type Rule, type Source, type Violation } from "./tree.ts";

const FILE_LINES = 300;
const FUNCTION_LINES = 70;
const LINE_COLUMNS = 120;
const PARAMETERS = 3;

const FUNCTIONS = ["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"];
/** Prose, data, and SQL that is not ours: samples beside the code that judges them. */
const NOT_CODE = /\.(md|lock|json)$|^LICENSE$|^sql\/reference\/|^(?!sql\/).*\.sql$/;

export const fileLines: Rule = {
  name: "file-lines",
  check: ({ sources }) =>
    sources
      .filter(({ path, lines }) => isCode(path) && lines.length > FILE_LINES)
      .map(({ path, lines }) => ({ path, line: FILE_LINES, message: `${lines.length} lines, at most ${FILE_LINES}` })),
};

export const lineColumns: Rule = {
  name: "line-columns",
  check: ({ sources }) =>
    sources
      .filter(({ path }) => !NOT_CODE.test(path))
      .flatMap(({ path, lines }) =>
        lines.flatMap((text, index) => {
          const message = `${text.length} columns, at most ${LINE_COLUMNS}`;
          return text.length > LINE_COLUMNS ? [{ path, line: index + 1, message }] : [];
        }),
      ),
};

export const functionLines: Rule = {
  name: "function-lines",
  check: eachSyntax((source, { program }) => {
    const found: Violation[] = [];
    walk(program, (node, ancestors) => {
      if (!FUNCTIONS.includes(node.type) || (isTest(source) && isDescribe(node, ancestors))) return;
      const line = lineAt(source, node.start);
      const lines = lineAt(source, node.end) - line + 1;
      if (lines > FUNCTION_LINES)
        found.push(at(source, line, `a function of ${lines} lines, at most ${FUNCTION_LINES}`));
    });
    return found;
  }),
};

export const positionalParameters: Rule = {
  name: "positional-parameters",
  check: eachSyntax((source, { program }) => {
    const found: Violation[] = [];
    walk(program, (node) => {
      const count = FUNCTIONS.includes(node.type) ? (node.params as Node[]).length : 0;
      const message = `${count} parameters, at most ${PARAMETERS}: pass an object with names`;
      if (count > PARAMETERS) found.push(at(source, lineAt(source, node.start), message));
    });
    return found;
  }),
};

/** `describe` only groups tests: what counts is the length of each test. */
function isDescribe(node: Node, ancestors: readonly Node[]): boolean {
  const call = ancestors.at(-1);
  const callee = isNode(call?.callee) ? call.callee : undefined;
  const name = callee?.type === "CallExpression" ? dotted(callee.callee) : dotted(callee);
  return call?.type === "CallExpression" && name.startsWith("describe") && node !== callee;
}

function isCode(path: string): boolean {
  return /\.(ts|sh)$/.test(path) || /^scripts\/[a-z-]+$/.test(path);
}

function at({ path }: Source, line: number, message: string): Violation {
  return { path, line, message };
}
