/**
 * classify: what kind a parsed statement is, and why some kinds cannot run inside a block that the server rolls back.
 *
 * Works on libpg_query's parse tree, never on text. A statement that is not sealable is refused before any connection;
 * what only the server can tell (a procedure that commits, a function that runs VACUUM) the server refuses inside the
 * block. Never decides about escapes: escape-scan.ts does. Called by script.ts.
 */

/** A node of libpg_query's parse tree as JSON: `{ "InsertStmt": { … } }`. */
export type Tree = { readonly [key: string]: unknown };

const SANDBOX = "rehearse it in a throwaway copy of the database";

/** Where the node name, split at its capitals, is not PostgreSQL's own command word. */
const KINDS: Readonly<Record<string, string>> = {
  CreateStmt: "CREATE TABLE",
  IndexStmt: "CREATE INDEX",
  ViewStmt: "CREATE VIEW",
  RuleStmt: "CREATE RULE",
  CreateTrigStmt: "CREATE TRIGGER",
  CreateSeqStmt: "CREATE SEQUENCE",
  AlterSeqStmt: "ALTER SEQUENCE",
  CreateTableAsStmt: "CREATE TABLE AS",
  CompositeTypeStmt: "CREATE TYPE",
  DefineStmt: "CREATE",
  CreatedbStmt: "CREATE DATABASE",
  DropdbStmt: "DROP DATABASE",
  RefreshMatViewStmt: "REFRESH MATERIALIZED VIEW",
  CheckPointStmt: "CHECKPOINT",
  ConstraintsSetStmt: "SET CONSTRAINTS",
  ClosePortalStmt: "CLOSE",
  DeclareCursorStmt: "DECLARE",
  RenameStmt: "ALTER … RENAME",
  AlterObjectSchemaStmt: "ALTER … SET SCHEMA",
};

const TRANSACTION_WORDS: Readonly<Record<string, string>> = {
  TRANS_STMT_PREPARE: "PREPARE TRANSACTION",
  TRANS_STMT_COMMIT_PREPARED: "COMMIT PREPARED",
  TRANS_STMT_ROLLBACK_PREPARED: "ROLLBACK PREPARED",
  TRANS_STMT_ROLLBACK_TO: "ROLLBACK TO SAVEPOINT",
  TRANS_STMT_RELEASE: "RELEASE SAVEPOINT",
};

/** The one node of a statement and its fields. */
export function statementNode(tree: Tree): { readonly name: string; readonly fields: Tree } {
  const [name, fields] = Object.entries(tree)[0] ?? ["", {}];
  return { name, fields: (fields ?? {}) as Tree };
}

/** PostgreSQL's command word, e.g. `INSERT`, `ALTER TABLE`, `COPY`. */
export function kindOf(tree: Tree): string {
  const { name, fields } = statementNode(tree);
  if (name === "TransactionStmt") return transactionWord(fields);
  if (name === "VacuumStmt") return fields.is_vacuumcmd === true ? "VACUUM" : "ANALYZE";
  if (name === "GrantStmt" || name === "GrantRoleStmt") return fields.is_grant === true ? "GRANT" : "REVOKE";
  if (name === "VariableSetStmt") return String(fields.kind).startsWith("VAR_RESET") ? "RESET" : "SET";
  if (name === "DropStmt") return `DROP ${objectWord(fields.removeType)}`;
  if (name === "AlterTableStmt") return `ALTER ${objectWord(fields.objtype)}`;
  const plain = name.replace(/Stmt$/, "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ");
  return KINDS[name] ?? plain.toUpperCase();
}

function transactionWord(fields: Tree): string {
  const kind = String(fields.kind);
  const word = TRANSACTION_WORDS[kind] ?? kind.replace("TRANS_STMT_", "");
  return fields.chain === true ? `${word} AND CHAIN` : word;
}

/** `OBJECT_FOREIGN_TABLE` → `FOREIGN TABLE`. */
function objectWord(value: unknown): string {
  const word = String(value).replace("OBJECT_", "").replaceAll("_", " ");
  return word === "MATVIEW" ? "MATERIALIZED VIEW" : word;
}

/** How the sealed block runs a statement. */
export type Mode = {
  /** Its rows are read in batches and dropped, so that a large SELECT is not held in the server's memory. */
  readonly streamed: boolean;
  /** The planner plans it, so EXPLAIN takes it. */
  readonly plannable: boolean;
  /** It may take locks stronger than ROW EXCLUSIVE, so they are looked at after it. */
  readonly strong: boolean;
};

const PLANNABLE = new Set(["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "CreateTableAsStmt"]);
const WEAK = new Set(["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "VariableSetStmt"]);

export function modeOf(tree: Tree): Mode {
  const { name } = statementNode(tree);
  return {
    streamed: name === "SelectStmt",
    plannable: PLANNABLE.has(name),
    strong: !WEAK.has(name),
  };
}

/** `SELECT … INTO table`, where the parser puts INTO: at the first SELECT of a UNION. */
function selectsInto(fields: Tree): boolean {
  return "intoClause" in fields || (fields.larg !== undefined && selectsInto(fields.larg as Tree));
}

const ALWAYS_REFUSED: Readonly<Record<string, string>> = {
  CreatedbStmt: `PostgreSQL runs it outside any transaction; ${SANDBOX}`,
  DropdbStmt: `PostgreSQL runs it outside any transaction; ${SANDBOX}`,
  CreateTableSpaceStmt: `PostgreSQL runs it outside any transaction; ${SANDBOX}`,
  DropTableSpaceStmt: `PostgreSQL runs it outside any transaction; ${SANDBOX}`,
  AlterSystemStmt: "it writes a file of the server that no rollback restores",
  LoadStmt: "it loads code into the session, and no rollback unloads it",
  CheckPointStmt: "it acts on the whole server at once, and no rollback undoes it",
  CreateSubscriptionStmt: `it reaches another server; ${SANDBOX}`,
  AlterSubscriptionStmt: `it reaches another server; ${SANDBOX}`,
  DropSubscriptionStmt: `it reaches another server; ${SANDBOX}`,
};

/** Why the statement cannot be sealed, as the second half of a sentence; null where it can. */
export function reasonNotSealable(tree: Tree): string | null {
  const { name, fields } = statementNode(tree);
  switch (name) {
    case "TransactionStmt":
      return "a script must not hold transaction commands: the whole of it runs in one transaction that is rolled back";
    case "SelectStmt":
      return selectsInto(fields) ? "PL/pgSQL does not execute SELECT … INTO a table; write CREATE TABLE … AS" : null;
    case "CopyStmt":
      if (fields.filename !== undefined) return null;
      return fields.is_from === true
        ? `its data comes from the client, which a block in the server cannot read; write INSERT, or ${SANDBOX}`
        : "its data goes to the client, which a block in the server cannot do; write SELECT";
    case "VacuumStmt":
      return fields.is_vacuumcmd === true ? `VACUUM commits as it goes; ${SANDBOX}` : null;
    case "ClusterStmt":
      return fields.relation === undefined ? `CLUSTER without a table commits after each one; ${SANDBOX}` : null;
    case "DiscardStmt":
      return fields.target === "DISCARD_ALL" ? "DISCARD ALL cannot run inside a transaction" : null;
    case "AlterDatabaseStmt":
      return optionsNamed(fields.options, "tablespace").length > 0
        ? `it copies files outside any transaction; ${SANDBOX}`
        : null;
    case "ReindexStmt":
      return reindexReason(fields);
    case "VariableSetStmt":
      return settingReason(fields);
    default:
      break;
  }
  if (fields.concurrent === true && (name === "IndexStmt" || name === "DropStmt")) return concurrentReason();
  if (name === "AlterTableStmt" && JSON.stringify(fields.cmds).includes('"concurrent":true')) return concurrentReason();
  return ALWAYS_REFUSED[name] ?? null;
}

function concurrentReason(): string {
  return `CONCURRENTLY commits as it goes; rehearse it without that word, or ${SANDBOX}`;
}

function reindexReason(fields: Tree): string | null {
  if (optionsNamed(fields.params, "concurrently").some((option) => !isOff(option))) return concurrentReason();
  const kind = String(fields.kind);
  const single = kind === "REINDEX_OBJECT_INDEX" || kind === "REINDEX_OBJECT_TABLE";
  return single ? null : `it commits after each table; ${SANDBOX}`;
}

/** Settings on which our own reading of the script, or the measurement, depends. */
function settingReason(fields: Tree): string | null {
  const set = fields.kind === "VAR_SET_VALUE";
  const off = !/"(on|true|yes|1)"|"ival":1\b|"boolval":true/i.test(JSON.stringify(fields.args ?? []));
  if (fields.name === "standard_conforming_strings" && set && off) {
    return "the script was read with standard_conforming_strings on, and would mean something else with it off";
  }
  return null;
}

function optionsNamed(options: unknown, wanted: string): Tree[] {
  if (!Array.isArray(options)) return [];
  const elements = options.map((option: Tree) => option.DefElem as Tree | undefined);
  return elements.filter((element) => element?.defname === wanted) as Tree[];
}

/** As the server reads a boolean option (defGetBoolean): without a value it is on. */
function isOff({ arg }: Tree): boolean {
  const value = arg as { Integer?: { ival?: number }; String?: { sval?: string }; Boolean?: { boolval?: boolean } };
  if (arg === undefined) return false;
  if (value.Integer !== undefined) return (value.Integer.ival ?? 0) === 0;
  if (value.Boolean !== undefined) return value.Boolean.boolval !== true;
  return /^(false|off)$/i.test(value.String?.sval ?? "");
}
