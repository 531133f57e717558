-- Purpose: the watched relations that this transaction touched, and how each is to be counted from inside it, the
--   smallest first, those with a condition last. One row, one column: JSON [[position, how it is answered instead, why,
--   name, condition, last block, whether rows may be hidden], ...]; the second and third null where it is counted.
-- Parameters: $1 and $2 rows so far per relation before and after, as counters.sql makes them; $3 JSON [[oid,
--   condition, why it must not be counted], ...] of what is watched; $4 bytes that may be counted in all, null: any.
--   search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on the relations and their children, but for those of which another session holds a part
--   exclusively.
-- Touched: its rows moved, or those of a child; or it is locked so that its file may have been replaced. By oid: what
-- was renamed or made anew in the transaction is told apart.
WITH RECURSIVE watched AS (
  SELECT w.ordinality AS ordinal, (w.value ->> 0)::pg_catalog.oid AS oid, w.value ->> 1 AS condition,
    w.value ->> 2 AS unless
  FROM pg_catalog.json_array_elements($3::pg_catalog.json) WITH ORDINALITY AS w (value, ordinality)
  WHERE w.value ->> 0 IS NOT NULL
), lineage (oid) AS (
  (SELECT (a.value ->> 0)::pg_catalog.oid
    FROM pg_catalog.json_array_elements($2::pg_catalog.json) AS a (value)
    LEFT JOIN pg_catalog.json_array_elements($1::pg_catalog.json) AS b (value) ON b.value ->> 0 = a.value ->> 0
    WHERE pg_catalog.concat_ws(' ', a.value ->> 3, a.value ->> 4, a.value ->> 5)
      IS DISTINCT FROM pg_catalog.concat_ws(' ', b.value ->> 3, b.value ->> 4, b.value ->> 5)
    UNION
    SELECT l.relation
    FROM pg_catalog.pg_locks AS l
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock')
  UNION
  SELECT i.inhparent FROM lineage AS x JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = x.oid
), asked AS (
  SELECT w.ordinal, w.oid, w.condition, w.unless, n.oid AS namespace, n.nspname, c.relname, c.oid IS NOT NULL AS there
  FROM watched AS w
  LEFT JOIN pg_catalog.pg_class AS c ON c.oid = w.oid
  LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE w.oid IN (SELECT x.oid FROM lineage AS x)
), part (root, oid) AS (
  SELECT a.oid, a.oid FROM asked AS a WHERE a.there
  UNION
  SELECT p.root, i.inhrelid FROM part AS p JOIN pg_catalog.pg_inherits AS i ON i.inhparent = p.oid
), locked AS (
  SELECT p.root, pg_catalog.string_agg(DISTINCT l.pid::text, ', ') AS pids
  FROM part AS p
  JOIN pg_catalog.pg_locks AS l ON l.relation = p.oid AND l.locktype = 'relation'
    AND l.mode = 'AccessExclusiveLock' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
  GROUP BY p.root
), sized AS (
  SELECT s.root, pg_catalog.sum(s.bytes) AS bytes, pg_catalog.bool_or(s.away) AS away,
    pg_catalog.max(s.bytes / pg_catalog.current_setting('block_size')::pg_catalog.int4) AS blocks
  FROM (
    SELECT p.root, c.relkind NOT IN ('r', 'm', 'p') AS away,
      CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(c.oid) ELSE 0 END AS bytes
    FROM part AS p
    JOIN pg_catalog.pg_class AS c ON c.oid = p.oid
    WHERE p.root NOT IN (SELECT k.root FROM locked AS k)
    OFFSET 0
  ) AS s
  GROUP BY s.root
), judged AS (
  SELECT a.*, s.blocks, k.pids, s.away,
    pg_catalog.has_schema_privilege(a.namespace, 'USAGE')
      AND pg_catalog.has_table_privilege(a.oid, 'SELECT') AS readable,
    CASE WHEN a.there THEN pg_catalog.row_security_active(a.oid) END AS hidden,
    pg_catalog.sum(s.bytes) OVER (ORDER BY s.bytes, a.ordinal) AS so_far
  FROM asked AS a
  LEFT JOIN sized AS s ON s.root = a.oid
  LEFT JOIN locked AS k ON k.root = a.oid
)
SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(j.ordinal, v.how, v.why,
    CASE WHEN j.there THEN pg_catalog.format('%I.%I', j.nspname, j.relname) END, j.condition,
    greatest(j.blocks - 1, 0), j.hidden)
    ORDER BY j.condition IS NOT NULL, j.so_far, j.ordinal)::text, '[]') AS asked
FROM judged AS j
CROSS JOIN LATERAL (SELECT CASE
    WHEN NOT j.there THEN ARRAY['missing', 'dropped by the transaction']
    WHEN NOT j.readable THEN ARRAY['unreadable', '42501']
    WHEN j.pids IS NOT NULL THEN ARRAY['locked', 'AccessExclusiveLock, pid ' || j.pids]
    WHEN j.unless IS NOT NULL THEN ARRAY['over budget', j.unless]
    WHEN j.away THEN ARRAY['over budget', 'a part of it is a foreign table']
    WHEN pg_catalog.current_setting('transaction_isolation') = 'serializable'
      THEN ARRAY['over budget', 'to read it all in a serializable transaction may make others fail']
    WHEN j.so_far > $4::pg_catalog.int8
      THEN ARRAY['over budget', 'too large to be counted while locks are held'] END AS verdict) AS w
CROSS JOIN LATERAL (SELECT w.verdict[1] AS how, w.verdict[2] AS why) AS v
