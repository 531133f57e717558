-- Purpose: the columns of our relations: type, collation where it is not the type's own, NOT NULL, default.
-- Parameters: $1 text[], names in schema public. Locks: AccessShareLock on catalogs only. Any role may ask.
SELECT n.nspname || '.' || c.relname AS relation, a.attname AS column,
  pg_catalog.format_type(a.atttypid, a.atttypmod)
    || coalesce((SELECT pg_catalog.format(' collate %I.%I', s.nspname, o.collname)
      FROM pg_catalog.pg_collation AS o JOIN pg_catalog.pg_namespace AS s ON s.oid = o.collnamespace
      JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
      WHERE o.oid = a.attcollation AND o.oid <> t.typcollation), '')
    || CASE a.attnotnull WHEN true THEN ' not null' ELSE '' END
    -- From 18 on, NOT NULL may have been left unchecked for the rows that are there.
    || CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = a.attrelid AND k.contype = 'n'
      AND a.attnum = ANY (k.conkey) AND NOT k.convalidated) THEN ' not valid' ELSE '' END
    || CASE a.attidentity WHEN '' THEN '' ELSE ' identity' END
    || CASE a.attgenerated WHEN '' THEN '' ELSE ' generated' END
    || coalesce(' default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') AS definition
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind NOT IN ('i', 'I', 't')
  AND (n.nspname = 'cutter_governance' OR n.nspname = 'public' AND c.relname = ANY ($1::text[]))
ORDER BY relation, a.attnum
