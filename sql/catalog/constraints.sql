-- Purpose: the constraints of our tables, by what they say and not by their names. NOT NULL, which newer servers keep
-- here too, belongs to the columns; the constraint triggers of a foreign key belong to the foreign key.
-- Parameters: $1 text[], names in schema public. Locks: AccessShareLock on catalogs only. Any role may ask.
SELECT n.nspname || '.' || c.relname AS relation, pg_catalog.pg_get_constraintdef(k.oid) AS constraint_text
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype <> 'n'
  AND (n.nspname = 'cutter_governance' OR n.nspname = 'public' AND c.relname = ANY ($1::text[]))
ORDER BY relation, constraint_text
