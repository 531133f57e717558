-- Purpose: who may do what on our objects, from the ACLs as a set. The owner's own entries are left out (MAINTAIN on
-- newer servers among them). Of the database and of
-- other schemas, only CREATE is read: that of our roles; for the database and for public, that of PUBLIC too.
-- Parameters: $1 text[], tables in public; $2 text[], functions in public; $3 text[], our roles.
-- Locks: AccessShareLock on catalogs only. Any role may ask.
WITH granted AS (
  SELECT 'relation' AS kind, n.nspname || '.' || c.relname AS object, n.nspname || '.' || c.relname AS parent,
    c.relowner AS owner, e.*
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) AS e
  WHERE n.nspname = 'cutter_governance' OR n.nspname = 'public' AND c.relname = ANY ($1::text[])
  UNION ALL
  SELECT 'relation', n.nspname || '.' || c.relname || '.' || a.attname, n.nspname || '.' || c.relname, c.relowner, e.*
  FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL pg_catalog.aclexplode(a.attacl) AS e
  WHERE n.nspname = 'cutter_governance' OR n.nspname = 'public' AND c.relname = ANY ($1::text[])
  UNION ALL
  SELECT 'function',
    n.nspname || '.' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')',
    n.nspname || '.' || p.proname || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')', p.proowner, e.*
  FROM pg_catalog.pg_proc AS p
  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  -- A function without an ACL has the built-in one, which lets PUBLIC execute it.
  CROSS JOIN LATERAL pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) AS e
  WHERE n.nspname = 'cutter_governance' OR n.nspname = 'public' AND p.proname = ANY ($2::text[])
  UNION ALL
  SELECT 'schema', 'schema ' || n.nspname, n.nspname, n.nspowner, e.*
  FROM pg_catalog.pg_namespace AS n
  CROSS JOIN LATERAL pg_catalog.aclexplode(coalesce(n.nspacl, pg_catalog.acldefault('n', n.nspowner))) AS e
  WHERE n.nspname = 'cutter_governance'
    OR e.privilege_type = 'CREATE' AND n.nspname !~ '^pg_' AND (
      e.grantee IN (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY ($3::text[]))
      OR n.nspname = 'public' AND e.grantee = 0)
  UNION ALL
  SELECT 'database', 'database ' || d.datname, d.datname, d.datdba, e.*
  FROM pg_catalog.pg_database AS d
  CROSS JOIN LATERAL pg_catalog.aclexplode(d.datacl) AS e
  WHERE d.datname = pg_catalog.current_database() AND e.privilege_type = 'CREATE' AND (e.grantee = 0
    OR e.grantee IN (SELECT r.oid FROM pg_catalog.pg_roles AS r WHERE r.rolname = ANY ($3::text[])))
)
SELECT DISTINCT g.kind, g.object, g.parent, g.privilege_type AS privilege,
  CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(g.grantee) END AS role,
  pg_catalog.bool_or(g.is_grantable) AS grantable
FROM granted AS g
WHERE g.grantee <> g.owner
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 4, 5
