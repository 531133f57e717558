-- Purpose: by what this role, or a role as which something that it reaches runs, could reach outside the transaction.
--   A role holds the powers of every role that it is a member of, inherited or by SET ROLE. One row: `powers`, a list
--   in words, empty where there is nothing; `files`, whether it may write files or run programs on the server;
--   `common`, a list in words of what SQL that nobody has read could do although the role is nothing special.
-- Parameters: $1 oids of further roles; $2 a pattern of functions that escape. search_path must be pinned.
-- Locks taken: ACCESS SHARE on the catalogs.
-- What every role may do (a built-in function whose rights were never changed) is no power, but common: it may end the
--   sessions of its own role, write a message that logical replication sends whatever becomes of the transaction, and
--   call functions that run as their owners, none of which was followed.
WITH may (oid, rolname, rolsuper, rolreplication, rolcreaterole) AS MATERIALIZED (
  SELECT r.oid, r.rolname, r.rolsuper, r.rolreplication, r.rolcreaterole FROM pg_catalog.pg_roles AS r
  WHERE EXISTS (SELECT FROM pg_catalog.pg_roles AS s WHERE (s.rolname = session_user OR s.oid = ANY ($1::oid[]))
    AND (s.oid = r.oid OR (NOT s.rolsuper AND pg_catalog.pg_has_role(s.oid, r.oid, 'MEMBER'))))
), known AS MATERIALIZED (
  SELECT p.oid, p.proowner, pg_catalog.format('%I.%I', n.nspname, p.proname) AS name
  FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
  WHERE (p.proname ~ $2 AND (p.oid >= 16384 OR p.proacl IS NOT NULL))
    OR (p.oid >= 16384 AND l.lanname IN ('c', 'internal') AND p.prosrc ~ $2)
    OR (p.oid >= 16384 AND NOT l.lanpltrusted AND l.lanname NOT IN ('c', 'internal'))
)
SELECT pg_catalog.concat_ws(', ',
  (SELECT pg_catalog.string_agg('superuser ' || m.rolname, ', ') FROM may AS m WHERE m.rolsuper),
  (SELECT pg_catalog.string_agg('REPLICATION of ' || m.rolname, ', ') FROM may AS m
    WHERE m.rolreplication AND NOT m.rolsuper),
  (SELECT pg_catalog.string_agg('CREATEROLE of ' || m.rolname, ', ') FROM may AS m
    WHERE m.rolcreaterole AND NOT m.rolsuper AND pg_catalog.current_setting('server_version_num')::int < 160000),
  (SELECT pg_catalog.string_agg(m.rolname, ', ') FROM may AS m WHERE m.rolname IN ('pg_execute_server_program',
    'pg_write_server_files', 'pg_checkpoint', 'pg_signal_backend', 'pg_signal_autovacuum_worker',
    'pg_create_subscription')),
  (SELECT pg_catalog.string_agg('EXECUTE on ' || k.name, ', ' ORDER BY k.name)
    FROM (SELECT DISTINCT k.name FROM known AS k JOIN may AS m ON NOT m.rolsuper AND (m.oid = k.proowner
      OR pg_catalog.has_function_privilege(m.oid, k.oid, 'EXECUTE'))) AS k),
  (SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('foreign server %I', u.srvname), ', ')
    FROM pg_catalog.pg_user_mappings AS u JOIN may AS m ON NOT m.rolsuper AND u.umuser IN (0, m.oid)
    WHERE pg_catalog.has_server_privilege(m.oid, u.srvid, 'USAGE')),
  (SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('foreign table %I.%I', n.nspname, c.relname), ', ')
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN may AS m ON NOT m.rolsuper
    WHERE c.relkind = 'f' AND pg_catalog.has_table_privilege(m.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE'))
) AS powers,
EXISTS (SELECT FROM may AS m WHERE m.rolsuper
  OR m.rolname IN ('pg_execute_server_program', 'pg_write_server_files')) AS files,
pg_catalog.concat_ws(', ',
  (SELECT pg_catalog.format('%s on the sessions of %s',
      pg_catalog.string_agg(DISTINCT p.proname || '()', ' and '), pg_catalog.string_agg(DISTINCT m.rolname, ' and '))
    FROM may AS m JOIN pg_catalog.pg_proc AS p ON p.oid < 16384
      AND p.proname IN ('pg_cancel_backend', 'pg_terminate_backend')
      AND pg_catalog.has_function_privilege(m.oid, p.oid, 'EXECUTE')
    HAVING pg_catalog.count(*) > 0),
  (SELECT 'pg_logical_emit_message(), since wal_level is logical' FROM pg_catalog.pg_proc AS p
    WHERE p.oid < 16384 AND p.proname = 'pg_logical_emit_message'
      AND pg_catalog.current_setting('wal_level') = 'logical'
      AND EXISTS (SELECT FROM may AS m WHERE pg_catalog.has_function_privilege(m.oid, p.oid, 'EXECUTE')) LIMIT 1),
  (SELECT pg_catalog.format('%s function(s) that run as %s', pg_catalog.count(DISTINCT p.oid),
      pg_catalog.string_agg(DISTINCT o.rolname, ' and '))
    FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner
    WHERE p.prosecdef AND p.oid >= 16384 AND p.proowner NOT IN (SELECT m.oid FROM may AS m)
      AND (p.prorettype = 'trigger'::regtype
        OR EXISTS (SELECT FROM may AS m WHERE pg_catalog.has_function_privilege(m.oid, p.oid, 'EXECUTE')))
    HAVING pg_catalog.count(*) > 0)
) AS common
