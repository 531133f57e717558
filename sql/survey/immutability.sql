-- Purpose: whether the two triggers that keep enacted units as they are fire. A row for each that is there.
-- Parameters: none. Locks: AccessShareLock on catalogs only. Any role may ask.
SELECT t.tgname AS name, t.tgenabled::pg_catalog.text AS enabled
FROM pg_catalog.pg_trigger AS t
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) t.tgrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE n.nspname OPERATOR(pg_catalog.=) 'public'
  AND t.tgname OPERATOR(pg_catalog.=) ANY (ARRAY['trg_iu_enacted_immut', 'trg_uv_enacted_immut']::pg_catalog.name[])
ORDER BY t.tgname
