-- Purpose: whether the information unit contract is installed: the function that creates units, and their table.
-- Parameters: none.
-- Locks: none.
SELECT EXISTS (
  SELECT FROM pg_catalog.pg_proc AS p
  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  WHERE n.nspname = 'public' AND p.proname = 'fn_iu_create'
) AND EXISTS (
  SELECT FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relname = 'information_unit' AND c.relkind IN ('r', 'p')
) AS found
