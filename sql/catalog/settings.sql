-- Purpose: settings that sessions on this database begin with: all that our roles have, and of other roles, of the
-- database and of all roles those that decide what a statement of ours means, is checked against, or leaves behind.
-- Parameters: $1 text[], our roles. Locks: AccessShareLock on catalogs only. Any role may ask.
SELECT CASE s.setrole WHEN 0 THEN '' ELSE pg_catalog.pg_get_userbyid(s.setrole)::text END AS role,
  CASE s.setrole WHEN 0 THEN 'all roles' ELSE 'role ' || pg_catalog.pg_get_userbyid(s.setrole) END
    || CASE s.setdatabase WHEN 0 THEN '' ELSE ' in this database' END AS scope,
  c.name,
  -- A name with a dot is an application's, and its value may be a secret.
  CASE WHEN c.name ~ '[.]' THEN 'set' ELSE c.value END AS value
FROM pg_catalog.pg_db_role_setting AS s
CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS entry
CROSS JOIN LATERAL (SELECT pg_catalog.split_part(entry, '=', 1) AS name,
  pg_catalog.substr(entry, pg_catalog.strpos(entry, '=') + 1) AS value) AS c
WHERE (s.setdatabase = 0
    OR s.setdatabase = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()))
  AND (pg_catalog.pg_get_userbyid(s.setrole) = ANY ($1::text[])
    OR pg_catalog.lower(c.name) ~ '^(default_transaction_|plpgsql[.]|(session|local)_preload_libraries$)'
    OR pg_catalog.lower(c.name) IN ('session_replication_role', 'search_path', 'row_security', 'check_function_bodies',
      'role', 'session_authorization', 'standard_conforming_strings', 'backslash_quote', 'transform_null_equals',
      'array_nulls', 'track_counts', 'event_triggers', 'synchronous_commit', 'dynamic_library_path',
      'lo_compat_privileges', 'allow_system_table_mods', 'ignore_system_indexes', 'zero_damaged_pages',
      'ignore_checksum_failure', 'default_table_access_method'))
ORDER BY scope, name
