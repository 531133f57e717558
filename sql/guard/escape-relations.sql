-- Purpose: what the objects of some names make the server run. Follows pg_depend from them, both to what they need and
--   to their own parts (triggers and their conditions, rules, defaults, constraints, indexes, policies, partitions,
--   cascading keys, domains, operator classes, casts). Rows: what (`function` with oid, `foreign table`, `definer` with
--   the oid of a role as which something runs, `arguments` of a trigger, escaped), oid, name.
-- Parameters: $1 words that may be names of functions, in any schema, or of event triggers; $2 of relations and types;
--   $3 of operators; $4 whether to begin with what no name leads to: casts, operator classes, event triggers that are
--   enabled; $5 whether every key leads to the table that it is of, as in TRUNCATE ... CASCADE. search_path must be
--   pinned.
-- Locks taken: ACCESS SHARE on the catalogs.
-- Expressions name built-in functions (oid below 16384) without a dependency: those are read from the node trees.
WITH RECURSIVE event AS MATERIALIZED (
  -- One that is disabled fires once it is enabled, for which it, or the catalog, must be named.
  SELECT e.oid, e.evtname, e.evtfoid FROM pg_catalog.pg_event_trigger AS e
  WHERE ($4::bool AND e.evtenabled <> 'D') OR e.evtname = ANY ($1::name[]) OR 'pg_event_trigger' = ANY ($2::name[])
), reached (classid, objid) AS (
  (SELECT 'pg_class'::regclass::oid, c.oid FROM pg_catalog.pg_class AS c
    WHERE c.relname = ANY ($2::name[]) AND c.oid >= 16384
  UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_catalog.pg_type AS t
    WHERE t.typname = ANY ($2::name[]) AND t.oid >= 16384
  UNION ALL SELECT 'pg_proc'::regclass, p.oid FROM pg_catalog.pg_proc AS p
    WHERE p.proname = ANY ($1::name[]) AND p.oid >= 16384
  UNION ALL SELECT 'pg_operator'::regclass, o.oid FROM pg_catalog.pg_operator AS o
    WHERE o.oprname = ANY ($3::name[]) AND o.oid >= 16384
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
        WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e')
  UNION ALL SELECT a.classid, a.objid FROM (
      SELECT 'pg_cast'::regclass::oid AS classid, c.oid AS objid FROM pg_catalog.pg_cast AS c
      UNION ALL SELECT 'pg_opclass'::regclass, o.oid FROM pg_catalog.pg_opclass AS o) AS a
    WHERE $4::bool AND a.objid >= 16384 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d
      WHERE d.classid = a.classid AND d.objid = a.objid AND d.deptype = 'e')
  UNION ALL SELECT 'pg_event_trigger'::regclass, e.oid FROM event AS e
  )
  UNION
  SELECT n.classid, n.objid FROM reached AS r CROSS JOIN LATERAL (
    SELECT d.refclassid, d.refobjid FROM pg_catalog.pg_depend AS d
    WHERE d.classid = r.classid AND d.objid = r.objid AND d.refobjid >= 16384
      AND d.refclassid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass, 'pg_operator'::regclass,
        'pg_opclass'::regclass, 'pg_opfamily'::regclass, 'pg_transform'::regclass)
      -- A key and its triggers lead to the other table only where they cascade.
      AND NOT (d.refclassid = 'pg_class'::regclass
        AND d.classid IN ('pg_constraint'::regclass, 'pg_trigger'::regclass))
    UNION ALL
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend AS d
    WHERE d.refclassid = r.classid AND d.refobjid = r.objid AND (d.deptype IN ('a', 'i', 'P', 'S')
        OR (d.deptype = 'n' AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass))
      AND d.classid IN ('pg_trigger'::regclass, 'pg_rewrite'::regclass, 'pg_attrdef'::regclass, 'pg_type'::regclass,
        'pg_constraint'::regclass, 'pg_class'::regclass, 'pg_policy'::regclass, 'pg_amop'::regclass,
        'pg_amproc'::regclass, 'pg_statistic_ext'::regclass)
    UNION ALL
    SELECT 'pg_class'::regclass, k.conrelid FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_constraint AS k ON k.oid = d.objid AND k.contype = 'f' AND k.confrelid = r.objid
      AND ($5::bool OR k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))
    WHERE r.classid = 'pg_class'::regclass AND d.refclassid = r.classid AND d.refobjid = r.objid
      AND d.classid = 'pg_constraint'::regclass
  ) AS n (classid, objid)
), tree (classid, objid, nodes) AS (
  SELECT r.classid, r.objid, pg_catalog.concat_ws(' ', w.ev_action, w.ev_qual) FROM reached AS r
    JOIN pg_catalog.pg_rewrite AS w ON w.oid = r.objid WHERE r.classid = 'pg_rewrite'::regclass
  UNION ALL SELECT r.classid, r.objid, a.adbin::text FROM reached AS r
    JOIN pg_catalog.pg_attrdef AS a ON a.oid = r.objid WHERE r.classid = 'pg_attrdef'::regclass
  UNION ALL SELECT r.classid, r.objid, k.conbin::text FROM reached AS r
    JOIN pg_catalog.pg_constraint AS k ON k.oid = r.objid WHERE r.classid = 'pg_constraint'::regclass
  UNION ALL SELECT r.classid, r.objid, pg_catalog.concat_ws(' ', ':funcid ' || t.tgfoid::text || ' ', t.tgqual)
    FROM reached AS r JOIN pg_catalog.pg_trigger AS t ON t.oid = r.objid WHERE r.classid = 'pg_trigger'::regclass
  UNION ALL SELECT r.classid, r.objid, pg_catalog.concat_ws(' ', p.polqual, p.polwithcheck) FROM reached AS r
    JOIN pg_catalog.pg_policy AS p ON p.oid = r.objid WHERE r.classid = 'pg_policy'::regclass
  UNION ALL SELECT r.classid, r.objid, pg_catalog.concat_ws(' ', i.indexprs, i.indpred) FROM reached AS r
    JOIN pg_catalog.pg_index AS i ON i.indexrelid = r.objid WHERE r.classid = 'pg_class'::regclass
  UNION ALL SELECT r.classid, r.objid, p.partexprs::text FROM reached AS r
    JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid = r.objid WHERE r.classid = 'pg_class'::regclass
  UNION ALL SELECT r.classid, r.objid, p.proargdefaults::text FROM reached AS r
    JOIN pg_catalog.pg_proc AS p ON p.oid = r.objid WHERE r.classid = 'pg_proc'::regclass
  UNION ALL SELECT r.classid, r.objid, ':funcid ' || o.oprcode::oid::text || ' ' FROM reached AS r
    JOIN pg_catalog.pg_operator AS o ON o.oid = r.objid WHERE r.classid = 'pg_operator'::regclass
  UNION ALL SELECT r.classid, r.objid, ':funcid ' || c.castfunc::text || ' ' FROM reached AS r
    JOIN pg_catalog.pg_cast AS c ON c.oid = r.objid WHERE r.classid = 'pg_cast'::regclass
  UNION ALL SELECT r.classid, r.objid,
    pg_catalog.format(':funcid %s :funcid %s ', a.aggtransfn::oid, a.aggfinalfn::oid) FROM reached AS r
    JOIN pg_catalog.pg_aggregate AS a ON a.aggfnoid::oid = r.objid WHERE r.classid = 'pg_proc'::regclass
), built_in (oid, name) AS (
  SELECT DISTINCT ON (m.oid) m.oid, m.name FROM (
    SELECT (pg_catalog.regexp_matches(t.nodes, ':funcid (\d+)', 'g'))[1]::oid AS oid,
      pg_catalog.pg_describe_object(t.classid, t.objid, 0) AS name
    FROM tree AS t) AS m
  WHERE m.oid < 16384
)
SELECT 'function' AS what, r.objid::text AS oid, NULL AS name FROM reached AS r WHERE r.classid = 'pg_proc'::regclass
UNION ALL
SELECT DISTINCT 'function', e.evtfoid::text, pg_catalog.format('event trigger %I', e.evtname) FROM event AS e
UNION ALL
SELECT 'built-in', p.proname::text, b.name FROM built_in AS b JOIN pg_catalog.pg_proc AS p ON p.oid = b.oid
UNION ALL
SELECT 'foreign table', c.oid::text, pg_catalog.format('%I.%I', n.nspname, c.relname)
FROM reached AS r JOIN pg_catalog.pg_class AS c ON c.oid = r.objid AND c.relkind = 'f'
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE r.classid = 'pg_class'::regclass
UNION ALL
SELECT 'definer', p.proowner::text, NULL FROM reached AS r
JOIN pg_catalog.pg_proc AS p ON p.oid = r.objid AND p.prosecdef WHERE r.classid = 'pg_proc'::regclass
UNION ALL
SELECT 'definer', c.relowner::text, NULL FROM reached AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.objid WHERE r.classid = 'pg_class'::regclass
  AND (c.relkind = 'm' OR EXISTS (SELECT FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid
    AND k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))))
UNION ALL
SELECT DISTINCT 'arguments', NULL, pg_catalog.encode(t.tgargs, 'escape') FROM reached AS r
JOIN pg_catalog.pg_trigger AS t ON t.oid = r.objid AND t.tgnargs > 0 WHERE r.classid = 'pg_trigger'::regclass
