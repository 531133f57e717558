/**
 * escape-names: the functions that reach outside the transaction, and why a rollback does not undo what they do.
 *
 * A list of what is known, grouped by the name that --allow-escape takes. Reading the server's files or state is not in
 * it; what moves a sequence is measured instead. Source: PostgreSQL manual, chapter 9.28 (system administration
 * functions), dblink, adminpack, pg_surgery, pgsql-http, pg_background. Pure data; called by escape-scan.ts.
 */
type Known = {
  /** What --allow-escape takes; null: the function's own name. */
  readonly name: string | null;
  readonly functions: RegExp;
  readonly why: string;
  readonly weight: "refused" | "listed";
};

const KNOWN: readonly Known[] = [
  {
    name: "dblink",
    functions: /^dblink(_\w+)?$/,
    why: "opens another connection, whose work commits by itself",
    weight: "refused",
  },
  {
    name: "http",
    functions: /^http_(get|post|put|patch|delete|head)$/,
    why: "sends a request to another server",
    weight: "refused",
  },
  {
    name: null,
    functions: /^(pg_background_launch|pg_background_detach)$/,
    why: "starts a session of its own, whose work commits by itself",
    weight: "refused",
  },
  {
    name: null,
    functions: /^(lo_export|pg_file_(write|rename|unlink|sync))$/,
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
    functions:
      /^pg_(reload_conf|rotate_logfile|switch_wal|create_restore_point|promote|wal_replay_(pause|resume)|(start|stop)_backup|backup_(start|stop)|log_backend_memory_contexts|log_standby_snapshot)$/,
    why: "acts on the whole server at once",
    weight: "refused",
  },
  {
    name: null,
    functions:
      /^pg_((create|copy)_(logical|physical)_replication_slot|drop_replication_slot|replication_slot_advance|logical_slot_get_(binary_)?changes|sync_replication_slots|replication_origin_\w+|logical_emit_message)$/,
    why: "changes replication at once, transaction or not",
    weight: "refused",
  },
  {
    name: null,
    functions: /^(pg_stat_reset\w*|pg_stat_statements_reset)$/,
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
