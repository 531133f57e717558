-- Purpose: what must be known of each relation before its rows are counted: name, size, rights, locks, row security.
-- Parameters: $1 text[] of relation names as written (schema.table, quoted where needed); $2 text, `measured` or
--   `catalog`: where sizes are read. search_path must be pinned.
-- Locks: with `catalog` none. Else none on a relation of which another session holds a part exclusively, or waits for
--   it (who comes later waits behind); AccessShareLock on the others while their size is read, so a lock that comes in
--   between makes it wait. Partitions come from pg_inherits, since pg_partition_tree would lock them.
-- A prepared transaction has no pid: it is given as 0.
-- A name is looked up in the catalog, never by regclass: that would answer 42501 for a schema without USAGE.
WITH RECURSIVE wanted AS (
  SELECT w.ordinal, w.name, pg_catalog.parse_ident(w.name) AS part
  FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS w(name, ordinal)
), found AS (
  SELECT w.ordinal, w.name, n.oid AS namespace, n.nspname, c.oid, c.relname
  FROM wanted AS w
  LEFT JOIN pg_catalog.pg_namespace AS n
    ON n.nspname = CASE WHEN pg_catalog.cardinality(w.part) > 1 THEN w.part[1] ELSE 'public' END
  LEFT JOIN pg_catalog.pg_class AS c
    ON c.relnamespace = n.oid AND c.relname = w.part[pg_catalog.cardinality(w.part)]
    AND c.relkind IN ('r', 'p', 'm', 'v', 'f')
), part (root, oid) AS (
  SELECT f.oid, f.oid FROM found AS f WHERE f.oid IS NOT NULL
  UNION
  SELECT p.root, i.inhrelid FROM part AS p JOIN pg_catalog.pg_inherits AS i ON i.inhparent = p.oid
), opened (root, oid) AS (
  -- What reading a relation opens: itself, its children, and all their indexes.
  SELECT p.root, p.oid FROM part AS p
  UNION ALL
  SELECT p.root, i.indexrelid FROM part AS p JOIN pg_catalog.pg_index AS i ON i.indrelid = p.oid
), locked AS (
  SELECT o.root, pg_catalog.array_agg(DISTINCT coalesce(l.pid, 0)) FILTER (WHERE l.granted) AS held,
    pg_catalog.array_agg(DISTINCT coalesce(l.pid, 0)) FILTER (WHERE NOT l.granted) AS awaited
  FROM pg_catalog.pg_locks AS l
  JOIN opened AS o ON o.oid = l.relation
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
    AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
  GROUP BY o.root
), sized AS (
  SELECT p.root, c.reltuples, c.relpages, b.block,
    CASE WHEN $2 = 'measured' THEN pg_catalog.pg_relation_size(c.oid) ELSE c.relpages * b.block END AS bytes
  FROM part AS p
  CROSS JOIN (SELECT pg_catalog.current_setting('block_size')::pg_catalog.int8 AS block) AS b
  JOIN pg_catalog.pg_class AS c ON c.oid = p.oid AND c.relkind IN ('r', 'm')
  WHERE NOT EXISTS (SELECT FROM locked AS k WHERE k.root = p.root)
  OFFSET 0
), estimated AS (
  -- As the planner does it: tuples per page when last analysed, times the pages of now. null: never analysed.
  SELECT s.root, s.bytes, CASE
    WHEN s.reltuples >= 0 AND s.relpages > 0 THEN s.reltuples / s.relpages * (s.bytes / s.block)
    WHEN s.reltuples >= 0 AND s.bytes = 0 THEN 0 END AS tuples
  FROM sized AS s
), summed AS (
  SELECT e.root, pg_catalog.sum(e.bytes)::pg_catalog.int8 AS bytes,
    CASE WHEN pg_catalog.bool_and(e.tuples IS NOT NULL)
      THEN pg_catalog.round(pg_catalog.sum(e.tuples)::pg_catalog.numeric) END AS tuples
  FROM estimated AS e
  GROUP BY e.root
)
SELECT f.ordinal, f.name AS wanted, f.oid,
  pg_catalog.quote_ident(f.nspname) || '.' || pg_catalog.quote_ident(f.relname) AS relation,
  s.bytes, s.tuples,
  pg_catalog.has_schema_privilege(f.namespace, 'USAGE') AND pg_catalog.has_table_privilege(f.oid, 'SELECT') AS readable,
  pg_catalog.has_schema_privilege(f.namespace, 'USAGE')
    AND (pg_catalog.has_table_privilege(f.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
      OR pg_catalog.has_any_column_privilege(f.oid, 'INSERT, UPDATE')) AS writable,
  pg_catalog.row_security_active(f.oid) AS row_security,
  pg_catalog.array_to_string(l.held, ',') AS held_by, pg_catalog.array_to_string(l.awaited, ',') AS awaited_by
FROM found AS f
LEFT JOIN summed AS s ON s.root = f.oid
LEFT JOIN locked AS l ON l.root = f.oid
ORDER BY f.ordinal
