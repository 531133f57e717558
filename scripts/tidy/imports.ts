/**
 * imports: imports point one way, the driver has one importer, SQL is imported as text, and nothing goes in a circle.
 *
 * The table below is the layout's arrows written out. Tests may import what they need. Rules of tidy; each has a bad
 * sample in tidy.test.ts.
 */
import { posix } from "node:path";
import type { Import } from "./syntax.ts";
import { eachSyntax, isTest, lineAt, type Rule, type Source, type Tree, type Violation } from "./tree.ts";

const KERNEL = ["kernel", "sql"];
const EXECUTION = [...KERNEL, "flow", "execution"];
const READINESS = [...EXECUTION, "schema", "report", "readiness"];
const SANDBOX = [...READINESS, "orchestrator", "sandbox"];

/** Zone → zones that it may import from. Everything may import from npm and the runtime. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // The embedded engine carries the snapshot that the build makes.
  kernel: [...KERNEL, ".cache"],
  report: [...KERNEL, "report"],
  schema: [...KERNEL, "schema"],
  flow: [...KERNEL, "flow"],
  execution: EXECUTION,
  readiness: READINESS,
  orchestrator: [...READINESS, "orchestrator"],
  sandbox: SANDBOX,
  "cli-base": [...KERNEL, "cli-base"],
  cli: [...SANDBOX, "cli-base", "cli", "cli-proof"],
  "cli-proof": [...SANDBOX, "cli-base", "cli", "cli-proof", "proofs"],
  proofs: [...KERNEL, "report", "cli-base", "proofs"],
  "proofs-iu": [...EXECUTION, "schema", "report", "cli-base", "proofs"],
  main: ["cli-base", "cli", "cli-proof", "kernel"],
};

/** The table of verbs takes in the table of proofs. */
const CLI_PROOF = /^src\/cli\/(proof|commands\.ts)/;
const CLI_BASE = /^src\/cli\/(command\/|command\.ts|exit\.ts|terminal\.ts)/;

function zoneOf(path: string): string {
  if (path === "src/main.ts") return "main";
  if (CLI_BASE.test(path)) return "cli-base";
  if (CLI_PROOF.test(path)) return "cli-proof";
  if (path === "proofs/targets/iu.ts") return "proofs-iu";
  const [top = "", second = ""] = path.split("/");
  return top === "src" ? second : top;
}

/** The path in the project that an import names, or null for a package. */
export function resolveImport(from: string, specifier: string): string | null {
  return specifier.startsWith(".") ? posix.normalize(posix.join(posix.dirname(from), specifier)) : null;
}

export const importDirection: Rule = {
  name: "import-direction",
  check: eachSyntax((source, { imports }) => {
    const allowed = MAY_IMPORT[zoneOf(source.path)];
    if (isTest(source) || allowed === undefined) return [];
    return imports.flatMap((imported) => {
      const path = resolveImport(source.path, imported.specifier);
      if (path === null) return [];
      const zone = zoneOf(path) === "proofs-iu" ? "proofs" : zoneOf(path);
      if (allowed.includes(zone)) return [];
      return [at(source, imported, `${zoneOf(source.path)} may not import ${path}, only ${allowed.join(", ")}`)];
    });
  }),
};

export const driverImport: Rule = {
  name: "driver-import",
  check: eachSyntax((source, { imports }) => {
    if (source.path.startsWith("src/kernel/session/")) return [];
    const drivers = imports.filter(({ specifier }) => specifier === "postgres" || specifier.startsWith("postgres/"));
    return drivers.map((imported) => at(source, imported, "only src/kernel/session imports the driver"));
  }),
};

/** Whoever could arm a run could write: the live path alone, from an approval that it has just verified. */
const ARMS = /^import \{[^}]*\barm\b[^}]*\} from "[^"]*kill-switch\/arming\.ts";/m;

export const armingImport: Rule = {
  name: "arming-import",
  check: ({ sources }) =>
    sources.flatMap((source) => {
      const { path, text } = source;
      if (isTest(source) || path.startsWith("src/orchestrator/live/")) return [];
      const found = ARMS.exec(text);
      const message = "only src/orchestrator/live arms a run";
      return found === null ? [] : [{ path, line: lineAt({ text }, found.index), message }];
    }),
};

export const sqlAsText: Rule = {
  name: "sql-as-text",
  check: eachSyntax((source, { imports }) =>
    imports
      .filter(({ specifier, attributes }) => specifier.endsWith(".sql") && !attributes.includes("type:text"))
      .map((imported) => at(source, imported, 'import SQL with { type: "text" }, so that the binary carries it')),
  ),
};

export const importExtension: Rule = {
  name: "import-extension",
  check: eachSyntax((source, { imports }) =>
    imports
      .filter(({ specifier }) => specifier.startsWith(".") && posix.extname(specifier) === "")
      .map((imported) => at(source, imported, `${imported.specifier}: the import of a file ends in its extension`)),
  ),
};

export const importCycle: Rule = { name: "import-cycle", check: (tree) => cycles(tree) };

/** Depth first; a file that is met again below itself closes a circle, told once, at the file that closes it. */
function cycles({ sources }: Tree): Violation[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const found: Violation[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const source = byPath.get(path);
    const syntax = source?.syntax;
    if (source === undefined || syntax === null || syntax === undefined || done.has(path)) return;
    for (const imported of syntax.imports) {
      const next = resolveImport(path, imported.specifier);
      const from = next === path ? trail.length : trail.indexOf(next ?? "");
      if (next === null) continue;
      if (from === -1) visit(next, [...trail, path]);
      else found.push(at(source, imported, `a circle: ${[...trail.slice(from), path, next].join(" → ")}`));
    }
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return found;
}

function at(source: Source, imported: Import, message: string): Violation {
  return { path: source.path, line: lineAt(source, imported.start), message };
}
