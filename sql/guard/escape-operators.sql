-- Purpose: the operators of this database that are no extension's, and the names that must be quoted: what is looked
--   for as it stands in texts whose words cannot be told apart. Rows: what (`operator`, `name`), name.
-- Parameters: none. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on the catalogs.
SELECT DISTINCT 'operator' AS what, o.oprname::text AS name FROM pg_catalog.pg_operator AS o WHERE o.oid >= 16384
UNION
SELECT 'name', n.name::text FROM (
  SELECT c.relname FROM pg_catalog.pg_class AS c WHERE c.oid >= 16384
  UNION ALL SELECT p.proname FROM pg_catalog.pg_proc AS p WHERE p.oid >= 16384
  UNION ALL SELECT t.typname FROM pg_catalog.pg_type AS t WHERE t.oid >= 16384
  UNION ALL SELECT e.evtname FROM pg_catalog.pg_event_trigger AS e) AS n (name)
WHERE n.name !~ '^[a-z_][a-z0-9_$]*$'
