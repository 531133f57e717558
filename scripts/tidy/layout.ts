/**
 * layout: what may stand where: the closed lists of the top level and of the kernel, and what no tracked file may hold.
 *
 * A new entry is a decision, made here in the open. Rules of tidy; each has a bad sample in tidy.test.ts.
 */
import { nodesOf } from "./syntax.ts";
import { isTest, lineAt, type Rule, type Source, type Tree, type Violation } from "./tree.ts";

const TOP_LEVEL = new Set([
  ...["src", "proofs", "sql", "scripts", "docs", "dist", ".ci"],
  ...["package.json", "bun.lock", "bunfig.toml", "tsconfig.json", "biome.json", ".gitignore"],
  ...["README.md", "CHANGELOG.md", "LICENSE"],
]);

const KERNEL = [
  ...["session", "rollback-only", "witness", "conninfo", "counts", "evidence", "digest", "failure", "limits", "clock"],
  ...["kill-switch", "embedded", "private-files", "version", "crash-point", "observer", "child-process"],
];

const SOURCE_FOLDERS = new Set([
  ...["cli", "kernel", "flow", "execution", "orchestrator", "sandbox", "readiness", "report", "schema"],
  ...["main.ts", "main.test.ts", "sql.d.ts"],
]);

export const topLevel: Rule = {
  name: "top-level",
  check: (tree) =>
    entries(tree, "")
      .filter((entry) => !TOP_LEVEL.has(entry))
      .map((path) => ({ path, line: 1, message: "is not in the closed list of top-level entries" })),
};

export const sourceFolders: Rule = {
  name: "source-folders",
  check: (tree) =>
    entries(tree, "src/")
      .filter((entry) => !SOURCE_FOLDERS.has(entry))
      .map((entry) => ({ path: `src/${entry}`, line: 1, message: "is not in the layout of src" })),
};

export const kernelFiles: Rule = {
  name: "kernel-files",
  check: (tree) =>
    entries(tree, "src/kernel/")
      .filter((entry) => !KERNEL.some((noun) => isAbout(entry, noun)))
      .map((entry) => ({ path: `src/kernel/${entry}`, line: 1, message: "is not in the closed list of the kernel" })),
};

/** `failure.ts`, `failure-table.ts`, `failure.test.ts` and the folder `failure` are about the noun `failure`. */
function isAbout(entry: string, noun: string): boolean {
  return entry === noun || entry.startsWith(`${noun}.`) || entry.startsWith(`${noun}-`);
}

/** Names directly below a folder, each once. */
function entries({ sources }: Tree, folder: string): string[] {
  const below = sources.filter(({ path }) => path.startsWith(folder)).map(({ path }) => path.slice(folder.length));
  return [...new Set(below.map((path) => path.split("/", 1)[0] ?? ""))];
}

const REGISTRY = /https?:\/\/[^\s"'/]*(registry|npmjs|artifactory|nexus|verdaccio|mirror)[^\s"'/]*/i;
const MACHINE_PATH = /(?:^|[\s"'`(=:])\/(?:work|root)\//;

export const foreignPlaces: Rule = {
  name: "foreign-places",
  check: ({ sources }) =>
    sources
      .flatMap(({ path, text }) =>
        [REGISTRY, MACHINE_PATH].map((pattern) => ({ path, text, found: pattern.exec(text) })),
      )
      .flatMap(({ path, text, found }) => {
        if (found === null) return [];
        return [
          { path, line: lineAt({ text }, found.index + 1), message: `${found[0].trim()}: holds on one machine only` },
        ];
      }),
};

/** How SQL of ours begins, or a name that only SQL holds. */
const SQL_TEXT = /^\s*(SELECT|WITH|INSERT|UPDATE|DELETE|BEGIN|SET|DECLARE|LOCK)\b|\bpg_catalog\./;

/** The server converts each statement to the encoding of the database, comments too, and refuses what that lacks. */
export const asciiSql: Rule = {
  name: "ascii-sql",
  check: ({ sources }) => sources.flatMap((source) => foreignCharacters(source)),
};

function foreignCharacters(source: Source): Violation[] {
  return sqlOf(source).flatMap(({ text, start }) => {
    const found = /[^\0-\x7f]/u.exec(text);
    if (found === null) return [];
    const message = `${found[0]}: a database in another encoding may not have it, and refuses the statement (22P05)`;
    return [{ path: source.path, line: lineAt(source, start + found.index), message }];
  });
}

function sqlOf(source: Source): { readonly text: string; readonly start: number }[] {
  const { path, text, syntax } = source;
  if (/^sql\/.*\.(sql|json)$/.test(path)) return [{ text, start: 0 }];
  if (syntax === null || isTest(source) || !/^(src|proofs)\//.test(path)) return [];
  const strings = nodesOf(syntax.program, "Literal", "TemplateLiteral");
  return strings
    .map(({ start, end }) => ({ text: text.slice(start + 1, end - 1), start: start + 1 }))
    .filter((one) => SQL_TEXT.test(one.text));
}

/** The version stands in package.json, for tools, and in the kernel, for reports. */
export const oneVersion: Rule = {
  name: "one-version",
  check: ({ sources }) => {
    const manifest = sources.find(({ path }) => path === "package.json")?.text ?? "{}";
    const { version } = JSON.parse(manifest) as { version?: string };
    const path = "src/kernel/version.ts";
    const text = sources.find((source) => source.path === path)?.text;
    if (text === undefined || text.includes(`"${version}"`)) return [];
    return [{ path, line: 1, message: `does not have the version of package.json, ${version}` }];
  },
};
