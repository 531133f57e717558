/**
 * sources/copied: which memberships and settings of production a throwaway server is given, and which not, and why.
 *
 * Left out is what would open the server, run or load code at a login, or hide from its log what the gates read there.
 * What nobody thought of is left out too. Whoever leaves one out has to tell it. Pure. Called by roles-made.ts.
 */
import { SUPERUSER } from "../providers/provider.ts";
import type { Membership, Setting } from "./foreign-roles.ts";

/** Roles of PostgreSQL's own that reach nothing outside of the database. */
const HARMLESS_ROLES: readonly string[] = [
  ...["pg_read_all_data", "pg_write_all_data", "pg_read_all_settings", "pg_read_all_stats", "pg_stat_scan_tables"],
  ...["pg_monitor", "pg_signal_backend", "pg_signal_autovacuum_worker", "pg_checkpoint", "pg_maintain"],
  "pg_use_reserved_connections",
];

/** Of what not everybody sets, or pg_settings does not show: what a statement does, and no more. */
const BEHAVIOUR: readonly string[] = [
  ...["session_replication_role", "event_triggers", "lo_compat_privileges", "deadlock_timeout", "temp_file_limit"],
  ...["track_counts", "max_stack_depth"],
  // Everybody sets it, and pg_settings shows it to nobody.
  "role",
];

/** Everybody sets one of them. */
const LOADING = /_preload_libraries$|^dynamic_library_path$|^extension_control_path$/;

/** Of what everybody sets: what decides how a sandbox logs in, or by which name its sessions are known. */
const OWN: readonly string[] = ["password_encryption", "application_name", "session_authorization"];
const LOGGING = /^(?:log|debug|trace)_/;
/** Modules whose settings name code that runs at their start, or what is written to a log. */
const MODULES = /^(?:auto_explain|pgaudit|pljava|plperl|plperlu|plpython3?u?|pltclu?|plv8|pg_stat_statements)\./;

/** null: it is copied. */
export function whyNotMember({ parent, member }: Membership): string | null {
  const system = [parent, member].filter((role) => role.startsWith("pg_") && !HARMLESS_ROLES.includes(role));
  return system.length === 0 ? null : `${system.join(" and ")} may reach beyond the database`;
}

/** null: it is copied. */
export function whyNotSet({ role, name, context }: Setting): string | null {
  const known = name.toLowerCase();
  if (role === SUPERUSER) return "the throwaway server has a superuser of its own";
  if (LOADING.test(known)) return "it decides what code a session loads";
  if (LOGGING.test(known)) return "it decides what the server's log holds, which the gates read";
  if (OWN.includes(known)) return "it decides how the sandbox logs in, or how its sessions are called";
  if (known.includes("."))
    return MODULES.test(known) ? "it is read by a module that may run code or write a log" : null;
  if (context === "user" || BEHAVIOUR.includes(known)) return null;
  if (context === null) return "production did not tell who may set it";
  return context === "superuser" ? "a superuser alone may set it" : `it is read when a session is begun (${context})`;
}

export function membershipName({ parent, member }: Membership): string {
  return `membership ${member} in ${parent}`;
}

/** As `cutter schema verify` names it; never with the value, which may be a secret. */
export function settingName({ role, database, name }: Setting): string {
  const scope = role === "" ? "all roles" : `role ${role}`;
  return `setting ${scope}${database === "this" ? " in this database" : ""}: ${name}`;
}
