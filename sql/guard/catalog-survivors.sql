-- Purpose: the addresses of all rows of one catalog that are left in a transaction that deleted some; what is there
--   again after the rollback and not among these was dropped. One row, one column: JSON ["class:object:sub-object",
--   ...].
-- Parameters: filled in by catalog-changes.ts, as in catalog-rows.sql; @key@ is the address as text. search_path
--   pinned.
-- Locks taken: ACCESS SHARE on the catalog.
SELECT coalesce(pg_catalog.json_agg(@key@)::text, '[]') AS survivors
FROM pg_catalog.@catalog@ AS x
WHERE @where@
