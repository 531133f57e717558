-- Purpose: privileges on the ledger that their holder may hand on, and how many privileges there are but the owner's.
-- Parameters: none. Locks: none on a relation of users. `kind` is table, column or view.
WITH relation AS (
  SELECT c.oid, c.relname, c.relkind, c.relowner, c.relacl
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
  WHERE n.nspname OPERATOR(pg_catalog.=) 'cutter_governance' AND c.relkind IN ('r', 'p', 'v', 'm')
), entry AS (
  SELECT CASE WHEN r.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END AS kind, r.relname::text AS object, r.relowner,
    (pg_catalog.aclexplode(r.relacl)).*
  FROM relation AS r
  UNION ALL
  SELECT 'column', r.relname || '.' || a.attname, r.relowner, (pg_catalog.aclexplode(a.attacl)).*
  FROM relation AS r
  JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) r.oid
  WHERE a.attacl IS NOT NULL AND a.attnum > 0 AND NOT a.attisdropped
)
SELECT e.kind, e.object, e.privilege_type AS privilege,
  coalesce((SELECT g.rolname FROM pg_catalog.pg_roles AS g
    WHERE g.oid OPERATOR(pg_catalog.=) e.grantee), 'PUBLIC') AS role,
  e.is_grantable AS option
FROM entry AS e
WHERE e.grantee OPERATOR(pg_catalog.<>) e.relowner
ORDER BY 1, 2, 3, 4
