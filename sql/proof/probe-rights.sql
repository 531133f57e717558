-- Purpose: where this role may create a probe table, and whether its session is one in which a proof means something.
-- Parameters: $1 text, a schema that is asked for by name, or null for the first that serves.
-- Locks: none.
WITH candidate AS (
  SELECT n.nspname
  FROM pg_catalog.pg_namespace AS n
  WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
    AND pg_catalog.has_schema_privilege(n.oid, 'CREATE') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND ($1::pg_catalog.text IS NULL OR n.nspname = $1::pg_catalog.text)
  ORDER BY n.nspname <> 'public', n.nspname
  LIMIT 1
)
SELECT (SELECT c.nspname FROM candidate AS c) AS schema,
  EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname = $1::pg_catalog.text) AS wanted_exists,
  pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY') AS may_create_temporary,
  pg_catalog.current_setting('session_replication_role') AS session_replication_role,
  pg_catalog.current_setting('row_security') AS row_security,
  r.rolreplication AS replication, r.rolbypassrls AS bypass_rls,
  (SELECT pg_catalog.string_agg(g.rolname, ', ' ORDER BY g.rolname)
    FROM pg_catalog.pg_auth_members AS m JOIN pg_catalog.pg_roles AS g ON g.oid = m.roleid
    WHERE m.member = r.oid) AS member_of
FROM pg_catalog.pg_roles AS r
WHERE r.rolname = CURRENT_USER
