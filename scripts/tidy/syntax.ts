/**
 * syntax: one TypeScript file as a tree, with its comments, imports and exports.
 *
 * oxc parses it; what rules need is put into plain shapes here, so that no rule knows the parser. Called by tree.ts.
 */
import { parseSync } from "oxc-parser";

export type Node = { readonly type: string; readonly start: number; readonly end: number } & Readonly<
  Record<string, unknown>
>;

export type Import = {
  readonly specifier: string;
  readonly start: number;
  /** Imported names; `*` where all of them may be meant. */
  readonly names: readonly string[];
  readonly attributes: readonly string[];
};

export type Export = {
  readonly name: string;
  readonly start: number;
  readonly kind: "value" | "type";
  /** Passed on from another file. */
  readonly from: string | null;
};

export type Comment = { readonly text: string; readonly start: number; readonly end: number };

export type Syntax = {
  readonly program: Node;
  readonly comments: readonly Comment[];
  readonly imports: readonly Import[];
  readonly exports: readonly Export[];
  readonly errors: readonly string[];
};

export function parseSyntax(path: string, text: string): Syntax {
  const { program, comments, module, errors } = parseSync(path, text);
  const root = program as unknown as Node;
  return {
    program: root,
    comments: comments.map(({ value, start, end }) => ({ text: value, start, end })),
    imports: [...staticImports(root), ...dynamicImports(root)],
    exports: module.staticExports.flatMap(({ entries }) =>
      entries.map((entry) => ({
        name: entry.exportName.kind === "Default" ? "default" : (entry.exportName.name ?? "*"),
        start: entry.start,
        kind: entry.isType || isTypeDeclaration(text.slice(entry.start - 10, entry.start)) ? "type" : "value",
        from: entry.moduleRequest?.value ?? null,
      })),
    ),
    errors: errors.map(({ message }) => message),
  };
}

function isTypeDeclaration(before: string): boolean {
  return /\b(type|interface)\s+$/.test(before);
}

/** Every node below, parents before children; `ancestors` from the root down. */
export function walk(node: Node, visit: (node: Node, ancestors: readonly Node[]) => void): void {
  const descend = (here: Node, ancestors: readonly Node[]): void => {
    visit(here, ancestors);
    const below = [...ancestors, here];
    for (const child of children(here)) descend(child, below);
  };
  descend(node, []);
}

export function nodesOf(root: Node, ...types: readonly string[]): readonly Node[] {
  const found: Node[] = [];
  walk(root, (node) => {
    if (types.includes(node.type)) found.push(node);
  });
  return found;
}

function children(node: Node): Node[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isNode));
}

export function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** `a.b.c` of a member chain, or the name of an identifier; empty for anything else. */
export function dotted(value: unknown): string {
  if (!isNode(value)) return "";
  if (value.type === "Identifier") return String(value.name);
  if (value.type !== "MemberExpression" || value.computed === true) return "";
  const object = dotted(value.object);
  return object === "" ? "" : `${object}.${dotted(value.property)}`;
}

function literal(value: unknown): string {
  return isNode(value) && value.type === "Literal" ? String(value.value) : "";
}

function staticImports(root: Node): Import[] {
  const declarations = nodesOf(root, "ImportDeclaration", "ExportNamedDeclaration", "ExportAllDeclaration");
  return declarations
    .filter(({ source }) => isNode(source))
    .map((node) => {
      const specifiers = (node.specifiers as Node[] | undefined) ?? [];
      const names = node.type === "ExportAllDeclaration" ? ["*"] : specifiers.map(importedName);
      const attributes = (node.attributes as Node[] | undefined) ?? [];
      return { specifier: literal(node.source), start: node.start, names, attributes: attributes.map(attribute) };
    });
}

function importedName(specifier: Node): string {
  if (specifier.type === "ImportDefaultSpecifier") return "default";
  if (specifier.type === "ImportNamespaceSpecifier") return "*";
  return dotted(specifier.type === "ExportSpecifier" ? specifier.local : specifier.imported);
}

function attribute(node: Node): string {
  return `${dotted(node.key) || literal(node.key)}:${literal(node.value)}`;
}

/** `const { a } = await import("x")` and `(await import("x")).a` name what they take; any other form may take all. */
function dynamicImports(root: Node): Import[] {
  const found: Import[] = [];
  walk(root, (node, ancestors) => {
    const source = node.type === "ImportExpression" ? node.source : node.type === "TSImportType" ? node.source : null;
    if (!isNode(source)) return;
    const names = node.type === "ImportExpression" ? takenNames(ancestors) : ["*"];
    found.push({ specifier: literal(source), start: node.start, names, attributes: [] });
  });
  return found;
}

function takenNames(ancestors: readonly Node[]): string[] {
  const [user, awaiting] = [ancestors.at(-2), ancestors.at(-1)];
  if (awaiting?.type !== "AwaitExpression" || user === undefined) return ["*"];
  if (user.type === "MemberExpression" && user.computed !== true) return [dotted(user.property)];
  const pattern = user.type === "VariableDeclarator" && isNode(user.id) ? user.id : undefined;
  if (pattern?.type !== "ObjectPattern") return ["*"];
  return (pattern.properties as Node[]).map((property) => dotted(property.key) || "*");
}
