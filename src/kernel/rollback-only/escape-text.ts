/**
 * escape-text: what a piece of SQL names: functions, relations, operators, and the commands that reach outside.
 *
 * Two readers. `readTree` reads the parse tree of a statement, exactly. `readText` reads a function's body or a string,
 * of which it understands no more than words before a parenthesis and after FROM, INTO and the like: it may see too
 * much, and does not see names put together at run time, which it reports as dynamic SQL. Pure; called by
 * escape-scan.ts.
 */
import { statementNode, type Tree } from "./classify.ts";

export type Mentions = {
  readonly functions: Set<string>;
  readonly relations: Set<string>;
  readonly operators: Set<string>;
  /** Languages of DO blocks and new functions. */
  readonly languages: Set<string>;
  /** Commands: escape name → what it does. */
  readonly commands: Map<string, string>;
  /** Extensions created, and foreign tables created, by the script itself. */
  readonly extensions: Set<string>;
  readonly foreignTables: Set<string>;
  dynamic: boolean;
};

export function noMentions(): Mentions {
  return {
    functions: new Set(),
    relations: new Set(),
    operators: new Set(),
    languages: new Set(),
    commands: new Map(),
    extensions: new Set(),
    foreignTables: new Set(),
    dynamic: false,
  };
}

const GAP = String.raw`(?:\s|/\*[\s\S]*?\*/|--[^\n]*\n)*`;
const NAME = String.raw`(?:"((?:[^"]|"")+)"|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*))`;
const CALL = new RegExp(`${NAME}${GAP}\\(`, "g");
const RELATION = new RegExp(
  `\\b(?:from|into|update|join|table|only|truncate|copy|view|using|on)${GAP}(?:${NAME}${GAP}\\.${GAP})?${NAME}`,
  "gi",
);
const COPY_PROGRAM = /\bcopy\b[^;]*\b(?:from|to)\s+program\b/i;
const COPY_FILE = /\bcopy\b[^;]*\bto\s+(?:E?'|\$|%|'\s*\|\|)/i;
/** EXECUTE of anything but one literal; CREATE TRIGGER's EXECUTE FUNCTION is none. */
const DYNAMIC = /\bexecute\b(?!\s+(?:function|procedure)\b)(?!\s+'(?:[^']|'')*'\s*(?:;|into\b|using\b|loop\b))/i;
const DYNAMIC_FUNCTIONS = /^(query_to_xml\w*|cursor_to_xml\w*|database_to_xml\w*|ts_stat|ts_rewrite|crosstab\w*)$/;
/** A message inside the transaction is rolled back with it. */
const HARMLESS_MESSAGE = /\bpg_logical_emit_message\s*\(\s*true\b/gi;

/** A body of SQL or PL/pgSQL, or a string that may be executed as one. */
export function readText(text: string, mentions: Mentions): void {
  const source = text.replaceAll(HARMLESS_MESSAGE, "");
  for (const [, quoted, plain] of source.matchAll(CALL)) mentions.functions.add(identifier(quoted, plain));
  for (const [, , , quoted, plain] of source.matchAll(RELATION)) mentions.relations.add(identifier(quoted, plain));
  if (COPY_PROGRAM.test(source)) mentions.commands.set("copy-program", "COPY … PROGRAM runs a program on the server");
  if (COPY_FILE.test(source)) mentions.commands.set("copy-file", "COPY … TO writes a file on the server");
  if (/\btrack_counts\b/i.test(source)) mentions.commands.set("track_counts", TRACK_COUNTS);
  if (DYNAMIC.test(source)) mentions.dynamic = true;
}

const TRACK_COUNTS = "turning track_counts off would blind the measurement";

function identifier(quoted: string | undefined, plain: string | undefined): string {
  return quoted?.replaceAll('""', '"') ?? (plain ?? "").toLowerCase();
}

/** A statement of the script. */
export function readTree(tree: Tree, mentions: Mentions): void {
  const { name, fields } = statementNode(tree);
  readCommand(name, fields, mentions);
  const pending: unknown[] = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node === null || typeof node !== "object") continue;
    for (const [key, value] of Object.entries(node)) readNode(key, value, { mentions, pending, statement: name });
  }
}

type Walk = { readonly mentions: Mentions; readonly pending: unknown[]; readonly statement: string };

function readNode(key: string, value: unknown, { mentions, pending, statement }: Walk): void {
  if (typeof value === "string") {
    if (key === "sval" && value.length > 3 && /[\s(]/.test(value)) readText(value, mentions);
    return;
  }
  if (key === "funcname") mentions.functions.add(lastName(value));
  if (key === "relname" && typeof value === "string") mentions.relations.add(value);
  const fields = value as Tree;
  if (key === "FuncCall" && isHarmlessMessage(fields)) {
    pending.push(fields.args);
    return;
  }
  if (key === "RangeVar" && statement !== "CreateForeignTableStmt") mentions.relations.add(String(fields.relname));
  if (key === "relation" && statement !== "CreateForeignTableStmt") mentions.relations.add(String(fields.relname));
  if (key === "A_Expr") mentions.operators.add(lastName(fields.name));
  pending.push(value);
}

function readCommand(name: string, fields: Tree, mentions: Mentions): void {
  if (name === "CopyStmt" && fields.is_program === true) {
    mentions.commands.set("copy-program", "COPY … PROGRAM runs a program on the server");
  } else if (name === "CopyStmt" && fields.filename !== undefined && fields.is_from !== true) {
    mentions.commands.set("copy-file", "COPY … TO writes a file on the server");
  }
  if (name === "ImportForeignSchemaStmt")
    mentions.commands.set("foreign-server", "IMPORT FOREIGN SCHEMA asks another server");
  if (name === "VariableSetStmt" && fields.name === "track_counts") mentions.commands.set("track_counts", TRACK_COUNTS);
  if (name === "CreateExtensionStmt") mentions.extensions.add(String(fields.extname));
  if (name === "CreateForeignTableStmt") {
    const base = (fields.base as Tree | undefined)?.relation as Tree | undefined;
    mentions.foreignTables.add(String(base?.relname));
  }
  if (name === "DoStmt" || name === "CreateFunctionStmt") mentions.languages.add(languageOf(fields));
}

function languageOf(fields: Tree): string {
  const options = (fields.args ?? fields.options ?? []) as readonly Tree[];
  const all = Array.isArray(fields.options) ? (fields.options as readonly Tree[]) : options;
  for (const option of all) {
    const element = option.DefElem as { defname?: string; arg?: { String?: { sval?: string } } } | undefined;
    if (element?.defname === "language") return element.arg?.String?.sval ?? "";
  }
  return fields.sql_body === undefined ? "plpgsql" : "sql";
}

function lastName(names: unknown): string {
  const last = (Array.isArray(names) ? names.at(-1) : undefined) as { String?: { sval?: string } } | undefined;
  return last?.String?.sval ?? "";
}

function isHarmlessMessage(call: Tree): boolean {
  if (lastName(call.funcname) !== "pg_logical_emit_message") return false;
  const first = (call.args as readonly Tree[] | undefined)?.[0]?.A_Const as
    | { boolval?: { boolval?: boolean } }
    | undefined;
  return first?.boolval?.boolval === true;
}

/** Functions that run the text they are given. */
export function runsText(functionName: string): boolean {
  return DYNAMIC_FUNCTIONS.test(functionName);
}
