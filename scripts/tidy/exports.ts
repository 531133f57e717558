/**
 * exports: a file shares what others use, under a name, from where it is made.
 *
 * Rules of tidy; each has a bad sample in tidy.test.ts.
 */
import { resolveImport } from "./imports.ts";
import type { Export, Syntax } from "./syntax.ts";
import { nodesOf } from "./syntax.ts";
import { eachSyntax, isTest, lineAt, type Rule, type Source, type Tree, type Violation } from "./tree.ts";

export const defaultExport: Rule = {
  name: "default-export",
  check: eachSyntax((source, { exports }) =>
    exports
      .filter(({ name }) => name === "default")
      .map((exported) => at(source, exported, "a default export has no name to search for")),
  ),
};

export const barrel: Rule = {
  name: "barrel",
  check: eachSyntax((source, { exports, program }) => {
    const stars = exports.filter(({ name, from }) => name === "*" && from !== null);
    if (stars.length > 0) return stars.map((exported) => at(source, exported, "export * hides where a name is made"));
    const body = program.body as readonly { readonly type: string }[];
    const own = body.some(({ type }) => !/^(Import|Export)/.test(type)) || exports.some(({ from }) => from === null);
    const [first] = exports;
    return own || first === undefined ? [] : [at(source, first, "this file only passes on what others make")];
  }),
};

/** Programs: what they export, if anything, is for their tests. */
const PROGRAM = /^(src|proofs)\/main\.ts$|^scripts\/[a-z-]+\.ts$/;

export const unusedExport: Rule = { name: "unused-export", check: unused };

function unused(tree: Tree): readonly Violation[] {
  const used = usedNames(tree);
  return eachSyntax((source, syntax) => {
    const taken = used.get(source.path) ?? new Set();
    if (isTest(source) || taken.has("*") || PROGRAM.test(source.path)) return [];
    return syntax.exports
      .filter((exported) => !taken.has(exported.name) && !isPartOfAnother(exported, syntax))
      .map((exported) => at(source, exported, `nothing imports ${exported.name}`));
  })(tree);
}

function usedNames({ sources }: Tree): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  for (const { path, syntax } of sources) {
    for (const { specifier, names } of syntax?.imports ?? []) {
      const from = resolveImport(path, specifier);
      if (from === null) continue;
      used.set(from, new Set([...(used.get(from) ?? []), ...names]));
    }
  }
  return used;
}

/** A type that stands in another signature of the same file is exported so that a caller can name it. */
function isPartOfAnother({ name, kind }: Export, { program }: Syntax): boolean {
  if (kind !== "type") return false;
  const references = nodesOf(program, "TSTypeReference").filter(({ typeName }) => {
    return (typeName as { readonly name?: string }).name === name;
  });
  return references.length > 0;
}

function at(source: Source, { start }: Export, message: string): Violation {
  return { path: source.path, line: lineAt(source, start), message };
}
