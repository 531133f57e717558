-- Purpose: what writing to (or reading) relations of some names makes the server run: functions of triggers, rules,
--   views, defaults, constraints, indexes and policies, of these relations and of all that they reach by cascading
--   keys, partitions and views; the functions of operators; event triggers; foreign tables. Rows: what (`function`
--   with oid, `foreign table`), name.
-- Parameters: $1 names of relations, in any schema; $2 names of operators. search_path must be pinned to pg_catalog.
-- Locks taken: ACCESS SHARE on the catalogs.
WITH RECURSIVE edge (source, target) AS MATERIALIZED (
  SELECT k.confrelid, k.conrelid FROM pg_catalog.pg_constraint AS k
  WHERE k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))
  UNION ALL SELECT i.inhparent, i.inhrelid FROM pg_catalog.pg_inherits AS i
  UNION ALL SELECT i.inhrelid, i.inhparent FROM pg_catalog.pg_inherits AS i
  UNION ALL SELECT w.ev_class, d.refobjid FROM pg_catalog.pg_rewrite AS w
    JOIN pg_catalog.pg_depend AS d
      ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
  WHERE w.oid >= 16384
), reached (oid) AS (
  SELECT c.oid FROM pg_catalog.pg_class AS c
  WHERE c.relname::text = ANY ($1::text[]) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.oid >= 16384
  UNION SELECT e.target FROM reached AS r JOIN edge AS e ON e.source = r.oid
), part (classid, objid, relation) AS (
  SELECT 'pg_rewrite'::regclass, w.oid, r.oid FROM reached AS r JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = r.oid
  UNION ALL SELECT 'pg_attrdef'::regclass, a.oid, r.oid FROM reached AS r
    JOIN pg_catalog.pg_attrdef AS a ON a.adrelid = r.oid
  UNION ALL SELECT 'pg_constraint'::regclass, k.oid, r.oid FROM reached AS r
    JOIN pg_catalog.pg_constraint AS k ON k.conrelid = r.oid
  UNION ALL SELECT 'pg_constraint'::regclass, k.oid, r.oid FROM reached AS r
    JOIN pg_catalog.pg_attribute AS t ON t.attrelid = r.oid
    JOIN pg_catalog.pg_constraint AS k ON k.contypid = t.atttypid
  UNION ALL SELECT 'pg_class'::regclass, i.indexrelid, r.oid FROM reached AS r
    JOIN pg_catalog.pg_index AS i ON i.indrelid = r.oid
  UNION ALL SELECT 'pg_policy'::regclass, p.oid, r.oid FROM reached AS r
    JOIN pg_catalog.pg_policy AS p ON p.polrelid = r.oid
)
SELECT 'function' AS what, t.tgfoid::text AS oid,
  pg_catalog.format('trigger %I on %s', t.tgname, r.oid::pg_catalog.regclass) AS name
FROM reached AS r JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = r.oid AND NOT t.tgisinternal
UNION ALL
SELECT 'function', d.refobjid::text, pg_catalog.format('%s of %s', p.classid::regclass, p.relation::regclass)
FROM part AS p JOIN pg_catalog.pg_depend AS d
  ON d.classid = p.classid AND d.objid = p.objid AND d.refclassid = 'pg_proc'::regclass
UNION ALL
SELECT 'function', o.oprcode::oid::text, pg_catalog.format('operator %s', o.oprname)
FROM pg_catalog.pg_operator AS o WHERE o.oprname::text = ANY ($2::text[]) AND o.oid >= 16384
UNION ALL
SELECT 'function', e.evtfoid::text, pg_catalog.format('event trigger %I', e.evtname)
FROM pg_catalog.pg_event_trigger AS e WHERE e.evtenabled <> 'D'
UNION ALL
SELECT 'foreign table', c.oid::text, pg_catalog.format('%I.%I', n.nspname, c.relname)
FROM reached AS r JOIN pg_catalog.pg_class AS c ON c.oid = r.oid AND c.relkind = 'f'
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
