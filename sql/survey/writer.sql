-- Purpose: what keeps cutter_exec, the role that writes in a live run, from calling the functions of the contract.
--   One row per obstacle, in words; none where it may call all that are there.
-- Parameters: none. search_path must be pinned. Locks taken: ACCESS SHARE on the catalogs.
WITH writer AS (
  SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = 'cutter_exec'
), call AS (
  SELECT p.oid, n.oid AS namespace, pg_catalog.format('%I.%I', n.nspname, p.proname) AS name
  FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  WHERE n.nspname = 'public' AND p.proname IN ('fn_iu_create', 'fn_iu_enact', 'fn_iu_withdraw', 'fn_iu_revise')
)
SELECT 'there is no role cutter_exec' AS obstacle WHERE NOT EXISTS (SELECT FROM writer)
UNION ALL
SELECT DISTINCT 'cutter_exec has no USAGE on schema public' FROM writer AS w CROSS JOIN call AS c
WHERE NOT pg_catalog.has_schema_privilege(w.oid, c.namespace, 'USAGE')
UNION ALL
SELECT DISTINCT pg_catalog.format('cutter_exec may not EXECUTE %s', c.name) FROM writer AS w CROSS JOIN call AS c
WHERE NOT pg_catalog.has_function_privilege(w.oid, c.oid, 'EXECUTE')
ORDER BY 1
