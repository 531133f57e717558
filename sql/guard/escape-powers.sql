-- Purpose: by what this role could reach outside the transaction from SQL text that is only made at run time. One
--   row, one column: a list in words, empty where there is nothing.
-- Parameters: none. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on the catalogs.
SELECT pg_catalog.concat_ws(', ',
  (SELECT 'a superuser may do anything' FROM pg_catalog.pg_roles AS r WHERE r.rolname = session_user AND r.rolsuper),
  (SELECT pg_catalog.string_agg(r.rolname, ', ') FROM pg_catalog.pg_roles AS r
    WHERE r.rolname IN ('pg_execute_server_program', 'pg_write_server_files', 'pg_checkpoint', 'pg_signal_backend')
      AND pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')),
  (SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname, p.proname), ', ')
    FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
    WHERE p.oid >= 16384 AND pg_catalog.has_function_privilege(session_user, p.oid, 'EXECUTE')
      AND pg_catalog.has_schema_privilege(session_user, n.oid, 'USAGE')
      AND (p.proname IN ('dblink', 'dblink_exec', 'dblink_send_query')
        OR (NOT l.lanpltrusted AND l.lanname NOT IN ('c', 'internal')))),
  (SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.relname), ', ')
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'f' AND pg_catalog.has_table_privilege(session_user, c.oid, 'SELECT, INSERT, UPDATE, DELETE'))
) AS powers
