-- Purpose: what fires on our tables: triggers with their state, and rules and row security policies, of which the
-- contract has none. The internal triggers of a constraint belong to it (constraints.sql); where the constraint is
-- another table's, they are listed if they are switched off.
-- Parameters: $1 text[], names in schema public. Locks: AccessShareLock on catalogs only. Any role may ask.
WITH ours AS (
  SELECT c.oid, n.nspname || '.' || c.relname AS relation
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = 'cutter_governance' OR n.nspname = 'public' AND c.relname = ANY ($1::text[])
)
SELECT 'trigger' AS kind, o.relation, t.tgname AS name,
  pg_catalog.regexp_replace(pg_catalog.pg_get_triggerdef(t.oid), '^CREATE (CONSTRAINT )?TRIGGER \S+ ', '\1')
    || CASE t.tgenabled WHEN 'O' THEN ', enabled' WHEN 'D' THEN ', disabled' WHEN 'R' THEN ', on replicas only'
      ELSE ', always' END AS definition
FROM ours AS o JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = o.oid WHERE NOT t.tgisinternal
UNION ALL
SELECT DISTINCT 'trigger', o.relation,
  'internal to ' || coalesce(k.conname || ' of ' || k.conrelid::pg_catalog.regclass, t.tgname),
  'is not enforced: switched off'
FROM ours AS o
JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = o.oid
LEFT JOIN pg_catalog.pg_constraint AS k ON k.oid = t.tgconstraint
WHERE t.tgisinternal AND t.tgenabled <> 'O' AND NOT EXISTS (SELECT FROM ours WHERE ours.oid = k.conrelid)
UNION ALL
SELECT 'rule', o.relation, r.rulename, pg_catalog.pg_get_ruledef(r.oid)
FROM ours AS o JOIN pg_catalog.pg_rewrite AS r ON r.ev_class = o.oid WHERE r.rulename <> '_RETURN'
UNION ALL
SELECT 'policy', o.relation, p.polname, 'for ' || p.polcmd::text
  || coalesce(' using ' || pg_catalog.pg_get_expr(p.polqual, p.polrelid), '')
  || coalesce(' check ' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), '')
FROM ours AS o JOIN pg_catalog.pg_policy AS p ON p.polrelid = o.oid
ORDER BY 1, 2, 3
