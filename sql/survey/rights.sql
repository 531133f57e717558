-- Purpose: what this session could change of what a cut writes, by itself or through a role that it may become.
--   One row per right: what, on which object, as which role; `superuser` stands for all of them.
-- Parameters: none. search_path must be pinned. Locks taken: ACCESS SHARE on the catalogs.
WITH become AS (
  SELECT r.oid, r.rolname::text AS role FROM pg_catalog.pg_roles AS r
  WHERE r.rolname IN (current_user, session_user) OR pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')
), target AS (
  SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND (n.nspname = 'cutter_governance' OR n.nspname = 'public'
    AND c.relname IN ('information_unit', 'unit_version', 'iu_lifecycle_log', 'system_vocab'))
), call AS (
  SELECT p.oid, pg_catalog.format('%I.%I', n.nspname, p.proname) AS name FROM pg_catalog.pg_proc AS p
  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  WHERE n.nspname = 'public' AND p.proname IN ('fn_iu_create', 'fn_iu_enact', 'fn_iu_withdraw', 'fn_iu_revise')
)
SELECT DISTINCT 'superuser' AS right, '' AS object, r.rolname::text AS role FROM pg_catalog.pg_roles AS r
WHERE r.rolsuper AND r.rolname IN (current_user, session_user)
UNION ALL
SELECT asked.word, t.name, b.role FROM target AS t CROSS JOIN become AS b
CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS asked (word)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.oid = b.oid AND r.rolsuper)
  AND (pg_catalog.has_table_privilege(b.oid, t.oid, asked.word) OR asked.word IN ('INSERT', 'UPDATE')
    AND pg_catalog.has_any_column_privilege(b.oid, t.oid, asked.word))
UNION ALL
SELECT 'EXECUTE', c.name, b.role FROM call AS c CROSS JOIN become AS b
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.oid = b.oid AND r.rolsuper)
  AND pg_catalog.has_function_privilege(b.oid, c.oid, 'EXECUTE')
ORDER BY 1, 2, 3
