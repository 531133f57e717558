-- Purpose: the tables that a cut can write: four of the lifecycle, and all of the ledger where it is installed.
-- Parameters: none.
-- Locks: none on a relation of users. `ordinary` is false where one of the four is missing or no ordinary table.
WITH wanted AS (
  SELECT 'public' AS nspname, relname
  FROM pg_catalog.unnest(ARRAY['system_vocab', 'information_unit', 'unit_version', 'iu_lifecycle_log']) AS relname
  UNION ALL
  SELECT n.nspname, c.relname
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
  WHERE n.nspname OPERATOR(pg_catalog.=) 'cutter_governance' AND c.relkind IN ('r', 'p')
)
SELECT pg_catalog.format('%I.%I', w.nspname, w.relname) AS relation,
  EXISTS (
    SELECT 1 FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    WHERE n.nspname OPERATOR(pg_catalog.=) w.nspname AND c.relname OPERATOR(pg_catalog.=) w.relname
      AND c.relkind OPERATOR(pg_catalog.=) 'r'
  ) AS ordinary
FROM wanted AS w
ORDER BY w.nspname COLLATE "C" DESC, w.relname COLLATE "C"
