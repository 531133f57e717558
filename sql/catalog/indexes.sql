-- Purpose: the indexes of our tables that no constraint owns, by what they do and not by their names.
-- Parameters: $1 text[], names in schema public. Locks: AccessShareLock on catalogs only. Any role may ask.
SELECT n.nspname || '.' || c.relname AS relation,
  CASE i.indisunique WHEN true THEN 'UNIQUE ' ELSE '' END
    || pg_catalog.substring(pg_catalog.pg_get_indexdef(i.indexrelid), ' USING (.*)$') AS index_text,
  CASE WHEN i.indisvalid AND i.indisready AND i.indislive THEN 'valid' ELSE 'not valid' END AS definition
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid)
  AND (n.nspname = 'cutter_governance' OR n.nspname = 'public' AND c.relname = ANY ($1::text[]))
-- Of two that say the same, the last one read is kept: the one that is not valid.
ORDER BY relation, index_text, definition DESC
