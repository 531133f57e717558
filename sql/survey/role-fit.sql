-- Purpose: whether this session may do what its connection is for: which roles it is or may become, which of the tables
-- that a cut writes it may not read in full, and what time the server has.
-- Parameters: $1 text[], those tables as schema.table. search_path must be pinned. Locks: AccessShareLock on catalogs.
-- From 16 on, a member of a role may be kept from becoming it.
WITH how (become) AS (
  SELECT CASE WHEN pg_catalog.current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END
), me AS (
  SELECT r.rolsuper, r.rolbypassrls FROM pg_catalog.pg_roles AS r WHERE r.rolname = session_user
), asked AS (
  SELECT t.name, pg_catalog.to_regclass(t.name) AS oid FROM pg_catalog.unnest($1::text[]) AS t (name)
)
SELECT session_user AS role, me.rolsuper AS superuser,
  pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole('cutter_exec')::oid, 'USAGE') AS is_exec,
  pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole('cutter_verify')::oid, 'USAGE') AS is_verify,
  pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole('cutter_exec')::oid, how.become) AS becomes_exec,
  pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole('cutter_verify')::oid, how.become) AS becomes_verify,
  (SELECT pg_catalog.pg_has_role(session_user, c.relowner, how.become) FROM pg_catalog.pg_class AS c
    WHERE c.oid = pg_catalog.to_regclass('public.information_unit')) AS becomes_owner,
  (SELECT pg_catalog.string_agg(a.name, ', ' ORDER BY a.name) FROM asked AS a
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = a.oid
    WHERE c.oid IS NULL OR NOT pg_catalog.has_table_privilege(session_user, c.oid, 'SELECT')
      OR c.relrowsecurity AND NOT me.rolbypassrls AND NOT me.rolsuper
        AND (c.relforcerowsecurity OR NOT pg_catalog.pg_has_role(session_user, c.relowner, 'USAGE'))) AS unreadable,
  pg_catalog.floor(EXTRACT(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint AS server_ms
FROM me CROSS JOIN how
