/**
 * catalogs: how a row of each system catalog is the address of an object, so that DDL can be named whatever did it.
 *
 * One entry per catalog whose rows mean something to a person; the rest follow from these (pg_shdepend, pg_range, …) or
 * cannot be read by an ordinary role. Pure data and the two queries made from it (sql/guard/catalog-*.sql). Holds no
 * version numbers: a catalog that a server does not have is never dirty there. Called by catalog-changes.ts and
 * sealed.ts.
 */
import rowsTemplate from "../../../sql/guard/catalog-rows.sql" with { type: "text" };
import survivorsTemplate from "../../../sql/guard/catalog-survivors.sql" with { type: "text" };
import { limits } from "../limits.ts";

type Catalog = {
  /** SQL of the address; by default the catalog itself, its oid, 0. */
  readonly class?: string;
  readonly object?: string;
  readonly sub?: string;
  /** Column of privileges: a change of it alone is a grant. */
  readonly acl?: string;
  /** Columns whose change means nothing to a person. */
  readonly without?: readonly string[];
  readonly file?: string;
  readonly empty?: string;
  readonly gone?: string;
  readonly where?: string;
  /** What to call the rows instead of the type of the object that they are about; SQL where it depends on the row. */
  readonly called?: string;
  readonly calledBy?: string;
  /** SQL of a name to use instead of the server's, null where that will do. */
  readonly identity?: string;
  /**
   * A view to read in place of the catalog, which the role may not: it has no xmin, so all rows are compared, and it
   * hides columns.
   */
  readonly view?: string;
  /** Several rows have one address. */
  readonly several?: true;
  /** All rows are wanted, however many: what they say is more than a name. */
  readonly unlimited?: true;
};

const about = (catalog: string): string => `'pg_catalog.${catalog}'::pg_catalog.regclass`;
const RELATION_NOISE = [
  ...["relpages", "reltuples", "relallvisible", "relallfrozen", "relfrozenxid", "relminmxid", "relfilenode"],
  ...[
    "relhasindex",
    "relhasrules",
    "relhastriggers",
    "relhassubclass",
    "relchecks",
    "relnatts",
    "reltoastrelid",
    "reltype",
  ],
];
const COLUMN_NOISE = ["attcacheoff", "attmissingval", "atthasmissing"];
const notTemporary = (relation: string): string =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = ${relation} AND c.relpersistence = 't')`;
const rowType = (type: string): string =>
  `EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = ${type}.typrelid AND c.relkind <> 'c')`;
/** An array type, or the type of a table's rows, follows its own; from 18 on extensions list both. */
const FOLLOWING_TYPE =
  "x.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND EXISTS (SELECT FROM pg_catalog.pg_type AS y" +
  ` WHERE y.oid = x.objid AND (y.typcategory = 'A' OR ${rowType("y")}))`;

export const CATALOGS: Readonly<Record<string, Catalog>> = {
  pg_class: {
    acl: "relacl",
    without: RELATION_NOISE,
    file: "CASE WHEN x.relkind IN ('r', 'm', 'i', 'S') THEN x.relfilenode::text END",
    empty: "CASE WHEN x.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(x.oid) = 0 END",
    where:
      "x.relpersistence <> 't' AND x.relkind <> 'c'" +
      " AND (x.relkind = 't' OR x.relnamespace <> 'pg_toast'::pg_catalog.regnamespace)",
    identity:
      "(SELECT pg_catalog.format('%I.%I', n.nspname, m.relname) FROM pg_catalog.pg_class AS m" +
      " JOIN pg_catalog.pg_namespace AS n ON n.oid = m.relnamespace WHERE x.relkind = 't'" +
      " AND m.oid = pg_catalog.substring(x.relname::text, '^pg_toast_([0-9]+)$')::pg_catalog.oid" +
      " AND m.reltoastrelid = x.oid)",
    unlimited: true,
  },
  pg_attribute: {
    class: about("pg_class"),
    object: "x.attrelid",
    sub: "x.attnum",
    acl: "attacl",
    without: COLUMN_NOISE,
    gone: "x.attisdropped",
    where:
      "x.attnum > 0 AND EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = x.attrelid" +
      " AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c', 'i', 'I') AND c.relpersistence <> 't'" +
      " AND c.relnamespace <> 'pg_toast'::pg_catalog.regnamespace)",
  },
  pg_proc: { acl: "proacl" },
  pg_type: { acl: "typacl", without: ["typarray"], where: `x.typcategory <> 'A' AND NOT ${rowType("x")}` },
  pg_aggregate: { class: about("pg_proc"), object: "x.aggfnoid::pg_catalog.oid" },
  pg_authid: { view: "pg_roles" },
  pg_namespace: { acl: "nspacl", where: "x.nspname NOT LIKE 'pg\\_%temp\\_%'" },
  pg_language: { acl: "lanacl" },
  pg_database: { acl: "datacl", without: ["datfrozenxid", "datminmxid"] },
  pg_tablespace: { acl: "spcacl" },
  pg_foreign_data_wrapper: { acl: "fdwacl" },
  pg_foreign_server: { acl: "srvacl" },
  pg_user_mapping: { view: "pg_user_mappings", class: about("pg_user_mapping"), object: "x.umid" },
  pg_parameter_acl: {},
  pg_default_acl: {},
  pg_largeobject_metadata: { class: about("pg_largeobject"), acl: "lomacl" },
  pg_constraint: { where: notTemporary("x.conrelid") },
  pg_trigger: { where: notTemporary("x.tgrelid") },
  pg_rewrite: { where: notTemporary("x.ev_class") },
  pg_attrdef: { where: notTemporary("x.adrelid") },
  pg_policy: { where: notTemporary("x.polrelid") },
  pg_event_trigger: {},
  pg_extension: {},
  pg_cast: {},
  pg_collation: {},
  pg_conversion: {},
  pg_operator: {},
  pg_opclass: {},
  pg_opfamily: {},
  pg_amop: { class: about("pg_opfamily"), object: "x.amopfamily", called: "operator", several: true },
  pg_amproc: { class: about("pg_opfamily"), object: "x.amprocfamily", called: "support function", several: true },
  pg_am: {},
  pg_transform: {},
  pg_statistic_ext: {},
  pg_ts_parser: {},
  pg_ts_dict: {},
  pg_ts_template: {},
  pg_ts_config: {},
  pg_publication: {},
  pg_publication_rel: {},
  pg_publication_namespace: {},
  pg_description: { class: "x.classoid", object: "x.objoid", sub: "x.objsubid", called: "comment" },
  pg_shdescription: { class: "x.classoid", object: "x.objoid", called: "comment" },
  pg_seclabel: { class: "x.classoid", object: "x.objoid", sub: "x.objsubid", called: "security label", several: true },
  pg_shseclabel: { class: "x.classoid", object: "x.objoid", called: "security label", several: true },
  pg_inherits: { class: about("pg_class"), object: "x.inhrelid", called: "inheritance", several: true },
  pg_partitioned_table: { class: about("pg_class"), object: "x.partrelid", called: "partitioning" },
  pg_index: {
    class: about("pg_class"),
    object: "x.indexrelid",
    where:
      "EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = x.indexrelid AND c.relpersistence <> 't'" +
      " AND c.relnamespace <> 'pg_toast'::pg_catalog.regnamespace)",
  },
  pg_depend: {
    class: "x.classid",
    object: "x.objid",
    sub: "x.objsubid",
    where:
      `(x.deptype IN ('e', 'x') AND NOT (${FOLLOWING_TYPE}))` +
      " OR (x.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND x.refclassid = x.classid" +
      " AND x.deptype IN ('a', 'i')" +
      " AND EXISTS (SELECT FROM pg_catalog.pg_class AS c WHERE c.oid = x.objid AND c.relkind = 'S'" +
      " AND c.relpersistence <> 't'))",
    calledBy:
      "CASE x.deptype WHEN 'e' THEN 'extension membership' WHEN 'x' THEN 'dependence on an extension'" +
      " ELSE 'owning column' END",
    several: true,
  },
  pg_init_privs: { class: "x.classoid", object: "x.objoid", sub: "x.objsubid", called: "initial privileges" },
  pg_sequence: { class: about("pg_class"), object: "x.seqrelid" },
  pg_foreign_table: { class: about("pg_class"), object: "x.ftrelid" },
  pg_ts_config_map: { class: about("pg_ts_config"), object: "x.mapcfg", called: "mapping", several: true },
  pg_enum: { class: about("pg_type"), object: "x.enumtypid", called: "enum label", several: true },
  pg_auth_members: { class: about("pg_authid"), object: "x.member", called: "role membership", several: true },
  pg_db_role_setting: {
    class: `CASE WHEN x.setrole = 0 THEN ${about("pg_database")} ELSE ${about("pg_authid")} END`,
    object: "CASE WHEN x.setrole = 0 THEN x.setdatabase ELSE x.setrole END",
    called: "setting",
    several: true,
  },
};

/**
 * Written to in the course of what other catalogs show, where nobody writes to them by hand: no news beside a change
 * that has a name.
 */
export const CONSEQUENTIAL = new Set([
  ...["pg_depend", "pg_shdepend", "pg_index", "pg_aggregate", "pg_range", "pg_init_privs", "pg_amop", "pg_amproc"],
  ...["pg_class", "pg_attribute", "pg_type", "pg_sequence", "pg_rewrite", "pg_trigger", "pg_constraint", "pg_attrdef"],
]);

/** Also written to for temporary objects, whose rows are left out. */
export const TEMPORARY = new Set([...CONSEQUENTIAL, "pg_namespace"]);

export const STATISTICS = new Set(["pg_statistic", "pg_statistic_ext_data"]);

/**
 * Rows that this transaction wrote: ids assigned since its own, sub-transactions included. Others' are compared away.
 */
const WRITTEN_BY_US = "pg_catalog.age(x.xmin) BETWEEN -100000000 AND 0";
/** `$1` array of oids of objects. */
const NAMED = "@object@ = ANY ($1::pg_catalog.oid[])";
/** `$1` array of addresses, `$2` our transaction id: what was there before us and is not among them. */
const NOT_AMONG = "NOT EXISTS (SELECT FROM pg_catalog.unnest($1::pg_catalog.text[]) AS k (k) WHERE k.k = @key@)";
/** `$2` our transaction id: leaves out what another session has made since. */
const OLDER = "pg_catalog.age(x.xmin) > pg_catalog.age($2::pg_catalog.xid)";

export type RowsWanted = "written by us" | "named" | "not among";

export function catalogRowsQuery(name: string, wanted: RowsWanted): string {
  const stamped = CATALOGS[name]?.view === undefined;
  const filter = {
    "written by us": stamped ? WRITTEN_BY_US : "true",
    named: NAMED,
    "not among": `${NOT_AMONG} AND ${stamped ? OLDER : "$2::pg_catalog.text IS NOT NULL"}`,
  }[wanted];
  return fill(bare(rowsTemplate).replace("@filter@", filter), name, wanted);
}

export function catalogSurvivorsQuery(name: string): string {
  return fill(bare(survivorsTemplate), name);
}

function fill(template: string, name: string, wanted?: RowsWanted): string {
  const catalog = CATALOGS[name] ?? {};
  const address = {
    class: catalog.class ?? about(name),
    object: catalog.object ?? "x.oid",
    sub: catalog.sub ?? "0",
  };
  const without = [...(catalog.without ?? []), ...(catalog.acl === undefined ? [] : [catalog.acl])];
  const content = catalog.several ? ["':'", "pg_catalog.hashtextextended(pg_catalog.to_jsonb(x)::text, 0)"] : [];
  const parts = [`(${address.class})::pg_catalog.oid`, "':'", address.object, "':'", address.sub, ...content];
  const key = `pg_catalog.concat(${parts.join(", ")})`;
  const values: Readonly<Record<string, string>> = {
    catalog: catalog.view ?? name,
    key,
    ...address,
    without: `'{${without.join(",")}}'`,
    acl: catalog.acl ?? "",
    file: catalog.file ?? "NULL::text",
    empty: catalog.empty ?? "NULL::boolean",
    identity: catalog.identity ?? "NULL::text",
    label: `(${catalog.calledBy ?? (catalog.called === undefined ? "NULL" : `'${catalog.called}'`)})::text`,
    gone: catalog.gone ?? "false",
    where: catalog.where ?? "true",
    limit: wanted === "named" || catalog.unlimited ? "ALL" : `${limits.catalogRows}`,
  };
  return template.replaceAll(/@(\w+)@/g, (_, word: string) => values[word] ?? "");
}

/** Without the comments at its head: they are for us, not for the server's log. */
export function bare(text: string): string {
  return text.replace(/^(--.*\n)+/, "");
}
