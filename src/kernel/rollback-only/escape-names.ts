/**
 * escape-names: the functions that reach outside the transaction, and why a rollback does not undo what they do.
 *
 * A list of what is known, grouped by the name that --allow-escape takes. A compiled function is also known by its name
 * in its library, which may be another: http() is http_request there, pg_file_write() pg_file_write_v1_1. Reading the
 * server's files or state is not in it; what moves a sequence is measured instead. Source: PostgreSQL manual, chapter
 * 9.28 (system administration functions), dblink, adminpack, pg_surgery, pgsql-http, pg_background. Pure data.
 */
type Known = {
  /** What --allow-escape takes; null: the function's own name. */
  readonly name: string | null;
  readonly functions: RegExp;
  readonly why: string;
  readonly weight: "refused" | "listed";
};

function functionsNamed(patterns: readonly string[]): RegExp {
  return new RegExp(`^(${patterns.join("|")})$`);
}

const KNOWN: readonly Known[] = [
  {
    name: "dblink",
    functions: /^dblink(_\w+)?$/,
    why: "opens another connection, whose work commits by itself",
    weight: "refused",
  },
  {
    name: "http",
    functions: /^http(_(get|post|put|patch|delete|head|request))?$/,
    why: "sends a request to another server",
    weight: "refused",
  },
  {
    name: null,
    functions: /^pg_background_(launch|detach)(_v\d+)?$/,
    why: "starts a session of its own, whose work commits by itself",
    weight: "refused",
  },
  {
    name: null,
    functions: /^(lo_export|be_lo_export|pg_file_(write|rename|unlink|sync)(_v\d+_\d+)?)$/,
    why: "writes a file on the server",
    weight: "refused",
  },
  {
    name: null,
    functions: /^pg_(terminate|cancel)_backend$/,
    why: "ends the work of other sessions",
    weight: "refused",
  },
  {
    name: null,
    functions: functionsNamed([
      ...["pg_reload_conf", "pg_rotate_logfile", "pg_switch_wal", "pg_create_restore_point", "pg_promote"],
      ...["pg_wal_replay_(pause|resume)", "pg_(start|stop)_backup", "pg_backup_(start|stop)"],
      ...["pg_log_backend_memory_contexts", "pg_log_standby_snapshot"],
    ]),
    why: "acts on the whole server at once",
    weight: "refused",
  },
  {
    name: null,
    functions: functionsNamed([
      ...["pg_(create|copy)_(logical|physical)_replication_slot", "pg_drop_replication_slot"],
      ...["pg_replication_slot_advance", "pg_logical_slot_get_(binary_)?changes", "pg_sync_replication_slots"],
      ...["pg_replication_origin_\\w+", "pg_logical_emit_message"],
    ]),
    why: "changes replication at once, transaction or not",
    weight: "refused",
  },
  {
    name: null,
    functions: /^(pg_stat_reset\w*|pg_stat_statements_reset\w*)$/,
    why: "throws away statistics at once",
    weight: "refused",
  },
  {
    name: null,
    functions: /^(heap_force_(kill|freeze)|pg_truncate_visibility_map)$/,
    why: "changes a table's file behind the transaction's back",
    weight: "refused",
  },
  {
    name: "session-advisory-lock",
    functions: /^pg_(try_)?advisory_lock(_shared)?$/,
    why: "takes a lock that lasts to the end of the session; cutter releases it",
    weight: "listed",
  },
];

export type KnownEscape = { readonly name: string; readonly why: string; readonly weight: "refused" | "listed" };

/** What is known of a function of this name, in whatever schema. */
export function knownEscape(functionName: string): KnownEscape | null {
  const found = KNOWN.find(({ functions }) => functions.test(functionName));
  return found === undefined ? null : { name: found.name ?? functionName, why: found.why, weight: found.weight };
}

/** All that is refused, as a pattern that PostgreSQL and JavaScript read alike. */
export const REFUSED_FUNCTIONS = KNOWN.filter(({ weight }) => weight === "refused")
  .map(({ functions }) => functions.source)
  .join("|");
