-- Purpose: the constraints of our tables, by what they say and not by their names, and whether the server carries them
-- out: a foreign key through internal triggers of both its tables, a key through its index. NOT NULL, which newer
-- servers keep here too, belongs to the columns.
-- Parameters: $1 text[], names in schema public. Locks: AccessShareLock on catalogs only. Any role may ask.
SELECT n.nspname || '.' || c.relname AS relation,
  pg_catalog.pg_get_constraintdef(k.oid)
    || CASE t.only_more WHEN true THEN '; is enforced on replicas too'
      WHEN false THEN '; is not enforced: internal triggers are switched off' ELSE '' END
    || coalesce((SELECT '; is not enforced: its index is not valid' FROM pg_catalog.pg_index AS i
      WHERE i.indexrelid = k.conindid AND i.indrelid = k.conrelid
        AND NOT (i.indisvalid AND i.indisready AND i.indislive)), '') AS constraint_text
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN (SELECT tgconstraint, pg_catalog.bool_and(tgenabled = 'A') AS only_more FROM pg_catalog.pg_trigger
  WHERE tgisinternal AND tgenabled <> 'O' GROUP BY tgconstraint) AS t ON t.tgconstraint = k.oid
WHERE k.contype <> 'n'
  AND (n.nspname = 'cutter_governance' OR n.nspname = 'public' AND c.relname = ANY ($1::text[]))
ORDER BY relation, constraint_text
