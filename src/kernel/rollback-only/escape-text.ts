/**
 * escape-text: what a piece of SQL names: functions, relations, operators, and the commands that reach outside.
 *
 * Two readers. `readTree` reads the parse tree of a statement, exactly. `readText` reads a function's body or a string,
 * of which it understands no more than words before a parenthesis and after FROM, INTO and the like: it may see too
 * much, and does not see names put together at run time, which it reports as dynamic SQL. Pure; called by
 * escape-scan.ts.
 */
import { statementNode, type Tree } from "./classify.ts";
import { withoutComments } from "./comments.ts";
import { knownEscape } from "./escape-names.ts";

export type Mentions = {
  readonly functions: Set<string>;
  readonly relations: Set<string>;
  readonly operators: Set<string>;
  /** Every word that may be a name: what is reached is decided by these and by `relations` (types among them). */
  readonly words: Set<string>;
  /** Names of known escapes that stand somewhere, called or not. */
  readonly suspects: Set<string>;
  /** Bodies, in which names that must be quoted and operators are looked for as they stand. */
  readonly bodies: string[];
  /** Languages of DO blocks and new functions. */
  readonly languages: Set<string>;
  /** Commands: escape name → what it does. */
  readonly commands: Map<string, string>;
  /** Extensions whose scripts run: name → the command. */
  readonly extensions: Map<string, string>;
  /** Foreign tables created by the script itself. */
  readonly foreignTables: Set<string>;
  dynamic: boolean;
  /** TRUNCATE … CASCADE, which empties every table whose key leads to one that is named. */
  truncates: boolean;
  /** ANALYZE that may be of every relation, since it may name none. */
  analyzes: boolean;
  /** Relations that are only read, by one who looks, as format('%I.%I') writes them. */
  readonly reads: readonly string[];
};

export function noMentions(): Mentions {
  return {
    functions: new Set(),
    relations: new Set(),
    operators: new Set(),
    words: new Set(),
    suspects: new Set(),
    bodies: [],
    languages: new Set(),
    commands: new Map(),
    extensions: new Map(),
    foreignTables: new Set(),
    dynamic: false,
    truncates: false,
    analyzes: false,
    reads: [],
  };
}

/** At most as long as PostgreSQL lets a name be, begun where a word begins: long texts are read in linear time. */
const WORD = /"((?:[^"]|""){1,128})"|(?<![\w$])([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]{0,127})/g;
const PLAIN_WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/g;
const BEFORE_RELATION = new Set([
  "from",
  "into",
  "update",
  "join",
  "table",
  "only",
  "truncate",
  "copy",
  "view",
  "using",
  "on",
]);
/** Steps per character that comments between words may cost; a text made to cost more counts as dynamic SQL. */
const GAP_STEPS = 20;
const COPY_PROGRAM = "COPY … PROGRAM runs a program on the server";
const COPY = /\bcopy\b/i;
const COPY_FILE = /\bcopy\b[^;]{0,1000}\bto\s+(?:E?'|\$|%|'\s*\|\|)/i;
/** EXECUTE of anything but one literal; EXECUTE FUNCTION of CREATE TRIGGER and EXECUTE ON of GRANT are none. */
const DYNAMIC = new RegExp(
  [
    String.raw`\bexecute\b(?!\s+(?:on(?![\w$])|(?:function|procedure)\s+[\w$."]+\s*\(`,
    String.raw`|'(?:[^']|'')*'\s*(?:;|into\b|using\b|loop\b)))`,
  ].join(""),
  "i",
);
const DYNAMIC_FUNCTIONS = new RegExp(
  [
    "^((query|cursor|database|schema|table)_to_xml\\w*|ts_(stat|rewrite)",
    "crosstab\\w*|(array|domain|record|range|multirange)_in|pg_input_\\w+|xpath_table|connectby)$",
  ].join("|"),
);
/** A message inside the transaction is rolled back with it: its first argument is the word true and nothing else. */
const HARMLESS_MESSAGE = /\bpg_logical_emit_message\s*\(\s*true\s*,/gi;

const EXTENSION = /\b(create|alter)\s+extension\s+(?:if\s+not\s+exists\s+)?(?:"([^"]{1,64})"|([\w$]{1,64}))/gi;

/** Escapes in names, and strings that are read in another way: such a text is not what it looks like. */
const UNREADABLE = /\bu&["']|standard_conforming_strings/i;
const NAME_BYTES = 63;

/** A body of SQL or PL/pgSQL: as a string, and every word of it may be a name. */
export function readBody(text: string, mentions: Mentions): void {
  readText(text, mentions);
  mentions.bodies.push(text);
  const words = wordsOf(text);
  for (const word of words) {
    mentions.words.add(word);
    mentions.relations.add(word);
  }
  for (const word of wordsOf(text.replaceAll(HARMLESS_MESSAGE, ""))) {
    if (knownEscape(word)?.weight === "refused") mentions.suspects.add(word);
  }
  for (const [, command, quoted, plain] of text.matchAll(EXTENSION)) {
    mentions.extensions.set(identifier(quoted, plain), `${command?.toUpperCase()} EXTENSION`);
  }
  if (words.has("truncate") && words.has("cascade")) mentions.truncates = true;
  if (words.has("analyze") || words.has("analyse")) mentions.analyzes = true;
  if (DYNAMIC.test(withoutComments(text)) || UNREADABLE.test(text)) mentions.dynamic = true;
}

/** In lower case, and cut off as PostgreSQL cuts off a name: at 63 bytes, which are fewer characters in UTF-8. */
function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  for (const [word] of text.matchAll(PLAIN_WORD)) {
    words.add(word.toLowerCase());
    if (/[^\x20-\x7e]/.test(word)) words.add(word.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()));
  }
  for (const word of [...words].filter(({ length }) => length > NAME_BYTES / 4)) {
    words.add(word.slice(0, NAME_BYTES));
    words.add(new TextDecoder().decode(Buffer.from(word).subarray(0, NAME_BYTES)).replace(/\ufffd+$/, ""));
  }
  return words;
}

/** A string that something may execute. */
function readText(text: string, mentions: Mentions): void {
  const source = text.replaceAll(HARMLESS_MESSAGE, "");
  readWords(source, mentions);
  if (COPY_FILE.test(source)) mentions.commands.set("copy-file", "COPY … TO writes a file on the server");
  if (/\btrack_counts\b/i.test(source)) mentions.commands.set("track_counts", TRACK_COUNTS);
}

/** Words before a parenthesis are functions, words after FROM and the like relations, comments in between or not. */
function readWords(source: string, mentions: Mentions): void {
  let steps = source.length * GAP_STEPS;
  let relationAt = -1;
  let [last, lastEnd] = ["", -1];
  for (const match of source.matchAll(WORD)) {
    const [word, quoted, plain] = match;
    const gap = skipGap(source, match.index + word.length, steps);
    steps = gap.steps;
    const name = identifier(quoted, plain);
    const next = source[gap.end];
    if (next === "(") mentions.functions.add(name);
    const runs = name === "program" && lastEnd === match.index && (last === "to" || last === "from");
    if (runs && COPY.test(source)) mentions.commands.set("copy-program", COPY_PROGRAM);
    [last, lastEnd] = [name, gap.end];
    const isRelation = relationAt === match.index;
    if (isRelation) mentions.relations.add(name);
    if (isRelation && next === ".") relationAt = skipGap(source, gap.end + 1, steps).end;
    else relationAt = BEFORE_RELATION.has(name) ? gap.end : -1;
  }
  if (steps <= 0) mentions.dynamic = true;
}

/** Past white space and comments, which nest. */
function skipGap(source: string, from: number, budget: number): { readonly end: number; readonly steps: number } {
  let [at, depth, steps] = [from, 0, budget];
  for (; at < source.length && steps > 0; steps -= 1) {
    const two = source.slice(at, at + 2);
    if (two === "/*") [depth, at] = [depth + 1, at + 2];
    else if (depth > 0) [depth, at] = two === "*/" ? [depth - 1, at + 2] : [depth, at + 1];
    else if (two === "--") {
      const end = source.indexOf("\n", at);
      const line = end === -1 ? source.length : end;
      [at, steps] = [line, steps - (line - at) / GAP_STEPS];
    } else if (/\s/.test(two[0] ?? "")) at += 1;
    else break;
  }
  return { end: at, steps };
}

const TRACK_COUNTS = "turning track_counts off would blind the measurement";

function identifier(quoted: string | undefined, plain: string | undefined): string {
  return quoted?.replaceAll('""', '"') ?? (plain ?? "").toLowerCase();
}

/** A statement of the script. */
export function readTree(tree: Tree, mentions: Mentions): void {
  const { name, fields } = statementNode(tree);
  if (RUNS_NOTHING.has(name)) return;
  readCommand(name, fields, mentions);
  const pending: unknown[] = [tree];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node === null || typeof node !== "object") continue;
    for (const [key, value] of Object.entries(node)) readNode(key, value, { mentions, pending, statement: name });
  }
}

type Walk = { readonly mentions: Mentions; readonly pending: unknown[]; readonly statement: string };

function readNode(key: string, value: unknown, { mentions, pending, statement }: Walk): void {
  if (key === "A_Const") {
    const literal = (value as { sval?: { sval?: string } }).sval?.sval ?? "";
    if (literal.length > 3 && /[\s(]/.test(literal)) readText(literal, mentions);
    return;
  }
  if (typeof value === "string") {
    if (key === "relname") mentions.relations.add(value);
    readName(value, mentions);
    return;
  }
  // A column may be a function in functional notation, but no relation or type.
  if (key === "ColumnRef") {
    for (const { String: part } of (value as { fields?: { String?: { sval?: string } }[] }).fields ?? []) {
      if (part?.sval !== undefined) readName(part.sval, mentions);
    }
    return;
  }
  if (key === "String") mentions.relations.add(String((value as Tree).sval));
  if (key === "funcname") mentions.functions.add(lastName(value));
  const fields = value as Tree;
  if (key === "FuncCall" && isHarmlessMessage(fields)) {
    // Not by its name, which a function in another schema may have too.
    mentions.words.add(lastName(fields.funcname));
    pending.push(fields.args);
    return;
  }
  if (key === "RangeVar" && statement !== "CreateForeignTableStmt") mentions.relations.add(String(fields.relname));
  if (key === "relation" && statement !== "CreateForeignTableStmt") mentions.relations.add(String(fields.relname));
  if (key === "A_Expr") mentions.operators.add(lastName(fields.name));
  pending.push(value);
}

/** A name, an operator, or the body of a DO or a function. */
function readName(value: string, mentions: Mentions): void {
  mentions.words.add(value);
  if (knownEscape(value)?.weight === "refused") mentions.suspects.add(value);
  if (/^[-+*/<>=~!@#%^&|`?]+$/.test(value)) mentions.operators.add(value);
  if (value.length > 3 && /[\s(]/.test(value)) readBody(value, mentions);
}

/** Statements that only speak of what they name. */
const RUNS_NOTHING = new Set(["GrantStmt", "CommentStmt", "SecLabelStmt", "AlterOwnerStmt"]);

function readCommand(name: string, fields: Tree, mentions: Mentions): void {
  if (name === "CopyStmt" && fields.is_program === true) {
    mentions.commands.set("copy-program", COPY_PROGRAM);
  } else if (name === "CopyStmt" && fields.filename !== undefined && fields.is_from !== true) {
    mentions.commands.set("copy-file", "COPY … TO writes a file on the server");
  }
  if (name === "TruncateStmt" && fields.behavior === "DROP_CASCADE") mentions.truncates = true;
  if (name === "VacuumStmt" && fields.rels === undefined) mentions.analyzes = true;
  if (name === "ImportForeignSchemaStmt")
    mentions.commands.set("foreign-server", "IMPORT FOREIGN SCHEMA asks another server");
  if (name === "VariableSetStmt" && fields.name === "track_counts") mentions.commands.set("track_counts", TRACK_COUNTS);
  if (name === "CreateExtensionStmt") mentions.extensions.set(String(fields.extname), "CREATE EXTENSION");
  if (name === "AlterExtensionStmt") mentions.extensions.set(String(fields.extname), "ALTER EXTENSION UPDATE");
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
