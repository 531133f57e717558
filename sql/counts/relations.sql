-- Purpose: what must be known of each relation before its rows are counted: name, size, rights, locks, row security.
-- Parameters: $1 text[] of relation names as written (schema.table, quoted where needed).
-- Locks: none on a relation that another session holds exclusively; AccessShareLock on the others while its size is read.
-- A name is looked up in the catalog, never by regclass: that would answer 42501 for a schema without USAGE.
WITH wanted AS (
  SELECT w.ordinal, w.name, pg_catalog.parse_ident(w.name) AS part
  FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS w(name, ordinal)
), locked AS (
  SELECT l.relation, pg_catalog.array_agg(DISTINCT l.pid) AS pids
  FROM pg_catalog.pg_locks AS l
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.granted
    AND l.pid <> pg_catalog.pg_backend_pid()
  GROUP BY l.relation
)
SELECT w.ordinal, w.name AS wanted, c.oid,
  pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS relation,
  c.relkind, c.reltuples::pg_catalog.float8 AS tuples, c.relpages AS pages,
  CASE WHEN l.pids IS NULL AND c.relkind IN ('r', 'm', 't') THEN pg_catalog.pg_relation_size(c.oid) END AS bytes,
  CASE WHEN l.pids IS NULL AND c.relkind = 'p' THEN (
    SELECT pg_catalog.sum(pg_catalog.pg_relation_size(t.relid))::bigint FROM pg_catalog.pg_partition_tree(c.oid) AS t
    WHERE t.isleaf AND NOT EXISTS (SELECT FROM locked AS k WHERE k.relation = t.relid)) END AS partition_bytes,
  pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND (pg_catalog.has_table_privilege(c.oid, 'SELECT')) AS readable,
  pg_catalog.row_security_active(c.oid) AS row_security,
  pg_catalog.array_to_string(l.pids, ',') AS locked_by
FROM wanted AS w
LEFT JOIN pg_catalog.pg_namespace AS n
  ON n.nspname = CASE WHEN pg_catalog.cardinality(w.part) > 1 THEN w.part[1] ELSE 'public' END
LEFT JOIN pg_catalog.pg_class AS c
  ON c.relnamespace = n.oid AND c.relname = w.part[pg_catalog.cardinality(w.part)]
  AND c.relkind IN ('r', 'p', 'm', 'v', 'f')
LEFT JOIN locked AS l ON l.relation = c.oid
ORDER BY w.ordinal
