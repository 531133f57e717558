-- Purpose: our relations: everything in cutter_governance, and the given tables of public; with a view's text digest.
-- Parameters: $1 text[], names in schema public. Locks: AccessShareLock on catalogs only. Any role may ask.
SELECT n.nspname || '.' || c.relname AS name,
  CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
    WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' WHEN 'c' THEN 'composite type' ELSE 'other' END
    || CASE c.relpersistence WHEN 'p' THEN '' WHEN 'u' THEN ', unlogged' ELSE ', temporary' END
    || CASE c.relrowsecurity WHEN true THEN ', row security on' ELSE '' END
    || CASE c.relforcerowsecurity WHEN true THEN ', row security forced' ELSE '' END
    || CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE c.oid IN (i.inhrelid, i.inhparent))
      THEN ', inherits or is inherited' ELSE '' END
    || coalesce((SELECT pg_catalog.string_agg(', with ' || o.option, '' ORDER BY o.option)
      FROM pg_catalog.unnest(c.reloptions) AS o (option) WHERE c.relkind = 'v'), '') AS definition,
  pg_catalog.pg_get_userbyid(c.relowner) AS owner,
  CASE c.relkind WHEN 'v' THEN
    pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.pg_get_viewdef(c.oid), 'UTF8')), 'hex')
  END AS body_sha256
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind NOT IN ('i', 'I', 't')
  AND (n.nspname = 'cutter_governance' OR n.nspname = 'public' AND c.relname = ANY ($1::text[]))
ORDER BY name
