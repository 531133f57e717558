-- Purpose: what an installation would meet: whether the governance schema is there, with its comment, and which of the
-- given lifecycle objects are. Parameters: $1 text[], tables in public; $2 text[], functions in public.
-- Locks: AccessShareLock on catalogs only. Any role may ask.
SELECT
  (SELECT coalesce(pg_catalog.obj_description(n.oid, 'pg_namespace'), '') FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname = 'cutter_governance') AS governance,
  (SELECT pg_catalog.string_agg('public.' || c.relname, ' ' ORDER BY c.relname) FROM pg_catalog.pg_class AS c
    WHERE c.relnamespace = 'public'::pg_catalog.regnamespace AND c.relname = ANY ($1::text[])) AS tables,
  (SELECT pg_catalog.string_agg(DISTINCT 'public.' || p.proname, ' ') FROM pg_catalog.pg_proc AS p
    WHERE p.pronamespace = 'public'::pg_catalog.regnamespace AND p.proname = ANY ($2::text[])) AS functions,
  current_user AS installer
