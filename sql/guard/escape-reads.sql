-- Purpose: what reading all rows of some relations makes the server run, as counting and ANALYZE do: policies, views,
--   expressions that the planner computes (of indexes, constraints, statistics, partition keys, generated columns), of
--   children too. Rows: what (`function` with oid and the way to it; `word`, `operator`, `type` with a name to follow;
--   `built-in`, `foreign table`; `definer` with the oid of a role as which it runs), oid, name.
-- Parameters: $1 relations as format('%I.%I') writes them, of which those that this role may read; $2 whether all that
--   ANALYZE takes when it is given no name. search_path must be pinned.
-- Locks taken: ACCESS SHARE on the catalogs.
-- Of indexes, constraints and statistics the planner computes beforehand what is immutable and has constant arguments:
--   in a node tree a call without arguments, or one whose first leaf is a constant (which takes in some too many).
WITH RECURSIVE read (oid, behind_view) AS (
  SELECT c.oid, false FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.oid >= 16384 AND CASE WHEN $2::bool THEN c.relkind IN ('r', 'p', 'm')
    ELSE pg_catalog.format('%I.%I', n.nspname, c.relname) = ANY ($1::text[])
      AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
      AND pg_catalog.has_any_column_privilege(c.oid, 'SELECT') END
  UNION
  SELECT n.oid, n.behind_view FROM read AS r CROSS JOIN LATERAL (
    SELECT i.inhrelid, r.behind_view FROM pg_catalog.pg_inherits AS i WHERE i.inhparent = r.oid
    UNION ALL
    SELECT d.refobjid, true FROM pg_catalog.pg_class AS v
    JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = v.oid AND w.ev_type = '1'
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
      AND d.refclassid = 'pg_class'::regclass
    WHERE v.oid = r.oid AND v.relkind = 'v'
    UNION ALL
    SELECT d.refobjid, r.behind_view FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid
      AND d.refclassid = 'pg_class'::regclass
    WHERE p.polrelid = r.oid AND NOT $2::bool
  ) AS n (oid, behind_view)
), run (classid, objid, relid, nodes) AS (
  SELECT 'pg_policy'::regclass, p.oid, r.oid, p.polqual::text FROM read AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid AND c.relrowsecurity
    JOIN pg_catalog.pg_policy AS p ON p.polrelid = r.oid AND p.polcmd IN ('*', 'r')
    WHERE NOT $2::bool AND (r.behind_view OR pg_catalog.row_security_active(r.oid))
  UNION ALL SELECT 'pg_rewrite'::regclass, w.oid, r.oid, w.ev_action::text FROM read AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.oid AND c.relkind = 'v'
    JOIN pg_catalog.pg_rewrite AS w ON w.ev_class = r.oid AND w.ev_type = '1'
  UNION ALL SELECT 'pg_class'::regclass, i.indexrelid, r.oid, pg_catalog.concat_ws(' ', i.indexprs, i.indpred)
    FROM read AS r JOIN pg_catalog.pg_index AS i ON i.indrelid = r.oid
    WHERE $2::bool AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
      OR pg_catalog.concat_ws(' ', i.indexprs, i.indpred) ~ ':args (<>|[(]([{][A-Z_]+ [^{}]*)*[{]CONST )'
  UNION ALL SELECT 'pg_constraint'::regclass, k.oid, r.oid, NULL FROM read AS r
    JOIN pg_catalog.pg_constraint AS k ON k.conrelid = r.oid AND k.contype = 'c'
    WHERE NOT $2::bool AND k.conbin::text ~ ':args (<>|[(]([{][A-Z_]+ [^{}]*)*[{]CONST )'
  UNION ALL SELECT 'pg_statistic_ext'::regclass, s.oid, r.oid, s.stxexprs::text FROM read AS r
    JOIN pg_catalog.pg_statistic_ext AS s ON s.stxrelid = r.oid
    WHERE $2::bool OR s.stxexprs::text ~ ':args (<>|[(]([{][A-Z_]+ [^{}]*)*[{]CONST )'
  UNION ALL SELECT 'pg_class'::regclass, r.oid, r.oid, p.partexprs::text FROM read AS r
    JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = r.oid AND p.partexprs IS NOT NULL
  UNION ALL SELECT 'pg_attrdef'::regclass, e.oid, r.oid, e.adbin::text FROM read AS r
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = r.oid AND a.attgenerated <> ''
    JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = r.oid AND e.adnum = a.attnum
), needed (classid, objid, relid, refclassid, refobjid) AS (
  SELECT DISTINCT r.classid, r.objid, r.relid, d.refclassid, d.refobjid FROM run AS r
  JOIN pg_catalog.pg_depend AS d ON d.classid = r.classid AND d.objid = r.objid AND d.refobjid >= 16384
  WHERE r.classid <> 'pg_constraint'::regclass OR EXISTS (SELECT FROM pg_catalog.pg_proc AS p
    LEFT JOIN pg_catalog.pg_operator AS o ON o.oprcode = p.oid AND d.refclassid = 'pg_operator'::regclass
    WHERE p.provolatile = 'i' AND (o.oid = d.refobjid OR (d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid)))
), built_in (oid, name) AS (
  SELECT DISTINCT ON (m.oid) m.oid, m.name FROM (
    SELECT (pg_catalog.regexp_matches(r.nodes, ':funcid (\d+)', 'g'))[1]::oid AS oid,
      pg_catalog.pg_describe_object(r.classid, r.objid, 0) AS name
    FROM run AS r) AS m
  WHERE m.oid < 16384
)
SELECT DISTINCT ON (n.refobjid) 'function' AS what, n.refobjid::text AS oid,
  pg_catalog.pg_describe_object(n.classid, n.objid, 0) AS name
FROM needed AS n WHERE n.refclassid = 'pg_proc'::regclass
UNION ALL
SELECT DISTINCT 'word', NULL, p.proname::text FROM needed AS n
JOIN pg_catalog.pg_proc AS p ON p.oid = n.refobjid WHERE n.refclassid = 'pg_proc'::regclass
UNION ALL
SELECT DISTINCT 'operator', NULL, o.oprname::text FROM needed AS n
JOIN pg_catalog.pg_operator AS o ON o.oid = n.refobjid WHERE n.refclassid = 'pg_operator'::regclass
UNION ALL
SELECT DISTINCT 'type', NULL, t.typname::text FROM needed AS n
JOIN pg_catalog.pg_type AS t ON t.oid = n.refobjid AND t.typrelid = 0 WHERE n.refclassid = 'pg_type'::regclass
UNION ALL
SELECT 'built-in', p.proname::text, b.name FROM built_in AS b JOIN pg_catalog.pg_proc AS p ON p.oid = b.oid
UNION ALL
SELECT DISTINCT 'foreign table', c.oid::text, pg_catalog.format('%I.%I', n.nspname, c.relname)
FROM read AS r JOIN pg_catalog.pg_class AS c ON c.oid = r.oid AND c.relkind = 'f'
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
UNION ALL
SELECT DISTINCT 'definer', c.relowner::text, NULL FROM run AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.relid WHERE $2::bool
