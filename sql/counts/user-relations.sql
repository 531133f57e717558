-- Purpose: the relations of this database that hold rows of its users, smallest first, bounded.
-- Parameters: $1 int4 most relations to answer.
-- Locks: none. relpages stands in for the size, so that no relation is opened; partitions are counted by themselves.
SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS relation,
  pg_catalog.count(*) OVER () AS total
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_toast%'
ORDER BY c.relpages, n.nspname, c.relname
LIMIT $1::pg_catalog.int4
