/**
 * tree: the files of the project as tidy sees them, from the disk or from a test's sample.
 *
 * Reads everything once; rules are pure functions over it. What version control ignores is not in it. Used by tidy.ts
 * and by each rule.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSyntax, type Syntax } from "./syntax.ts";

export type Source = {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Of TypeScript files; null for all others. */
  readonly syntax: Syntax | null;
};

export type Tree = { readonly sources: readonly Source[] };

export type Violation = { readonly path: string; readonly line: number; readonly message: string };

/** One rule of the house: its name as it is printed, and what it finds. */
export type Rule = { readonly name: string; readonly check: (tree: Tree) => readonly Violation[] };

/** A rule that looks at one TypeScript file at a time. */
export type SyntaxCheck = (source: Source, syntax: Syntax) => readonly Violation[];

export function eachSyntax(check: SyntaxCheck): Rule["check"] {
  return ({ sources }) => sources.flatMap((source) => (source.syntax === null ? [] : check(source, source.syntax)));
}

/** A tree from path → text. */
export function sampleTree(files: Readonly<Record<string, string>>): Tree {
  const sources = Object.entries(files).map(([path, text]) => ({
    path,
    text,
    lines: text.replace(/\n$/, "").split("\n"),
    syntax: path.endsWith(".ts") && !path.endsWith(".d.ts") ? parseSyntax(path, text) : null,
  }));
  return { sources };
}

const IGNORED = new Set([".git", ".cache", "node_modules"]);
const BINARY = /\.(zst|wasm|data|gz|png|bin)$/;

/** The whole project. `dist` counts as empty but for what keeps the folder. */
export function loadTree(project: string): Tree {
  return sampleTree(Object.fromEntries(listFiles(project, "").map((path) => [path, readText(join(project, path))])));
}

function listFiles(project: string, folder: string): string[] {
  return readdirSync(join(project, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (IGNORED.has(entry.name) || entry.name.endsWith(".tmp")) return [];
    if (entry.isDirectory()) return listFiles(project, path);
    return folder === "dist" && entry.name !== ".gitignore" ? [] : [path];
  });
}

function readText(file: string): string {
  return BINARY.test(file) ? "" : readFileSync(file, "utf8");
}

/** 1-based line of an offset. */
export function lineAt({ text }: Pick<Source, "text">, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

export function isTest({ path }: Pick<Source, "path">): boolean {
  return path.endsWith(".test.ts");
}
