-- Purpose: whether this role can stop the counting of rows, and which functions might, or hide a lock. One row.
-- Parameters: $1 oids of relations that were locked to write. @granted@ is filled in by doubts.ts: the right to SET the
--   parameter, for role r. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on pg_proc, pg_language, pg_namespace, pg_roles, pg_trigger.
-- functions: JSON [[name, has a handler, might set a parameter, runs with such a right, is a trigger of a relation of
-- $1, names TRUNCATE], ...]. 2078 is pg_catalog.set_config in a parsed body.
WITH capable AS MATERIALIZED (
  SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolsuper OR @granted@
)
SELECT EXISTS (SELECT FROM capable AS r WHERE pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')) AS may_stop,
  (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(f.name, f.handler, f.setter, f.definer, f.fired,
      f.truncates))
      ::text, '[]')
    FROM (
      SELECT p.proname::text AS name, p.prosrc ~* '\mexception\M' AS handler,
        p.prosrc ~* '\mtruncate\M' AS truncates,
        p.prosrc ~* '(set_config|track_counts|\mexecute\M)' OR coalesce(p.prosqlbody::text ~ ':funcid 2078 ', false)
          OR coalesce(pg_catalog.array_to_string(p.proconfig, ' ') ~* 'track_counts', false) AS setter,
        p.prosecdef AND p.proowner IN (SELECT r.oid FROM capable AS r) AS definer,
        EXISTS (SELECT FROM pg_catalog.pg_trigger AS t
          WHERE t.tgfoid = p.oid AND t.tgrelid = ANY ($1::pg_catalog.oid[])) AS fired
      FROM pg_catalog.pg_proc AS p
      JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang AND l.lanname NOT IN ('c', 'internal')
    ) AS f
    WHERE f.handler OR f.setter) AS functions
