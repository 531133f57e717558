/**
 * statements: single constructs that have no place here: each hides an exit, a value, a test or an endless wait.
 *
 * Rules of tidy; each has a bad sample in tidy.test.ts. Where biome has the same rule it is not repeated here.
 */
import { dotted, isNode, type Node, nodesOf, walk } from "./syntax.ts";
import { eachSyntax, isTest, lineAt, type Rule, type Source, type Violation } from "./tree.ts";

type Finding = { readonly node: Node; readonly message: string };

function finds(look: (program: Node, source: Source) => readonly Finding[]): Rule["check"] {
  return eachSyntax((source, { program }) =>
    look(program, source).map(({ node, message }): Violation => {
      return { path: source.path, line: lineAt(source, node.start), message };
    }),
  );
}

const ENDS_THE_PROCESS = new Set(["src/main.ts", "proofs/main.ts"]);

export const processExit: Rule = {
  name: "process-exit",
  check: finds((program, { path }) => {
    if (path.startsWith("scripts/") || ENDS_THE_PROCESS.has(path)) return [];
    return nodesOf(program, "MemberExpression")
      .filter((node) => /^process\.(exit|exitCode|abort|reallyExit)$/.test(dotted(node)))
      .map((node) => ({ node, message: "only src/main.ts and proofs/main.ts end the process" }));
  }),
};

const SPAWNS = /^(?:Bun\.spawn(?:Sync)?|(?:\w+\.)?(?:spawn|spawnSync|exec|execSync|execFile|execFileSync|fork))$/;

/** A sandbox compares its log with what was counted: what is started past that would be seen by nobody. */
export const countedProcess: Rule = {
  name: "counted-process",
  check: finds((program, source) => {
    if (!/^(src|proofs)\//.test(source.path) || isTest(source) || SAMPLE.test(source.path)) return [];
    const calls = nodesOf(program, "CallExpression").filter(({ callee }) => isNode(callee));
    const named = (node: Node): string => calleeName(node);
    const handed = calls
      .filter((node) => named(node) === "counted")
      .map((node) => (node.arguments as Node[])[0]?.start);
    return calls
      .filter((node) => SPAWNS.test(named(node)) && !REGULAR.test(named(node)) && !handed.includes(node.start))
      .map((node) => ({ node, message: "hand the child to counted(), of kernel/child-process" }));
  }),
};

/** What only tests use. */
const SAMPLE = /\/sample-[a-z-]+\.ts$/;
/** Of an expression or a database, not of the system. */
const REGULAR = /^\w+\.exec$/;

function calleeName({ callee }: Node): string {
  if (!isNode(callee)) return "";
  return callee.type === "Identifier" ? String(callee.name) : dotted(callee);
}

export const consoleUse: Rule = {
  name: "console",
  check: finds((program) =>
    nodesOf(program, "MemberExpression")
      .filter((node) => dotted(node).startsWith("console."))
      .map((node) => ({ node, message: "write through cli/terminal.ts" })),
  ),
};

export const endlessLoop: Rule = {
  name: "endless-loop",
  check: finds((program) =>
    nodesOf(program, "WhileStatement", "DoWhileStatement", "ForStatement")
      .filter(({ type, test }) =>
        isNode(test) ? test.type === "Literal" && Boolean(test.value) : type === "ForStatement",
      )
      .map((node) => ({ node, message: "a loop without a bound: name one in limits.ts" })),
  ),
};

export const anyType: Rule = {
  name: "any",
  check: finds((program) =>
    nodesOf(program, "TSAnyKeyword").map((node) => ({ node, message: "`any` turns the checker off: use unknown" })),
  ),
};

const HIDES = /^(test|it|describe)\.(only|skip|todo|failing|skipIf|todoIf|if)$/;

export const hiddenTest: Rule = {
  name: "hidden-test",
  check: finds((program, source) =>
    (isTest(source) ? nodesOf(program, "MemberExpression") : [])
      .filter((node) => HIDES.test(dotted(node)))
      .map((node) => ({ node, message: `${dotted(node)}: a test that does not run proves nothing` })),
  ),
};

export const booleanParameter: Rule = {
  name: "boolean-parameter",
  check: finds((program, source) => {
    const found: Finding[] = [];
    walk(program, (node, ancestors) => {
      const exported = ancestors.some(({ type }) => type === "ExportNamedDeclaration");
      if (isTest(source) || !exported || !isCallable(node, ancestors)) return;
      for (const parameter of node.params as Node[]) {
        if (isBoolean(parameter))
          found.push({ node: parameter, message: "a boolean says nothing at the call: use words" });
      }
    });
    return found;
  }),
};

/** What a caller outside can call: an exported function, constant or method, not a callback inside one. */
function isCallable(node: Node, ancestors: readonly Node[]): boolean {
  if (!Array.isArray(node.params) || node.type === "TSTypeParameterDeclaration") return false;
  const outer = ancestors.filter(({ type }) => /Function/.test(type));
  return outer.length === 0 && !ancestors.some(({ type }) => type === "CallExpression");
}

function isBoolean(parameter: Node): boolean {
  if (parameter.type === "AssignmentPattern") {
    const { left, right } = parameter;
    const literal = isNode(right) && right.type === "Literal" && typeof right.value === "boolean";
    return literal || (isNode(left) && isBoolean(left));
  }
  const annotation = isNode(parameter.typeAnnotation) ? parameter.typeAnnotation.typeAnnotation : undefined;
  if (!isNode(annotation)) return false;
  const parts = annotation.type === "TSUnionType" ? (annotation.types as Node[]) : [annotation];
  return parts.some(({ type }) => type === "TSBooleanKeyword");
}
