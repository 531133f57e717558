-- Purpose: the oids of relations by name, in the order of the names; null where there is none. One row, one column:
--   JSON [oid, ...].
-- Parameters: $1 text[] of names as the counts write them (schema.table, quoted where needed). search_path must be
--   pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on pg_class and pg_namespace.
SELECT coalesce(pg_catalog.json_agg(f.oid::text ORDER BY f.ordinal)::text, '[]') AS watched
FROM (
  SELECT w.ordinal, (SELECT c.oid
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = w.part[1] AND c.relname = w.part[2]) AS oid
  FROM (
    SELECT u.ordinal, pg_catalog.parse_ident(u.name) AS part
    FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS u (name, ordinal)
  ) AS w
) AS f
