-- Purpose: configuration parameters that the given roles, or everyone, may set beyond what any role may.
-- Parameters: $1 text[], role names. Locks: AccessShareLock on catalogs only. Any role may ask, on 15 and newer.
SELECT p.parname AS parameter, e.privilege_type AS privilege,
  CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(e.grantee) END AS role,
  pg_catalog.bool_or(e.is_grantable) AS grantable
FROM pg_catalog.pg_parameter_acl AS p
CROSS JOIN LATERAL pg_catalog.aclexplode(p.paracl) AS e
WHERE e.grantee = 0 OR pg_catalog.pg_get_userbyid(e.grantee) = ANY ($1::text[])
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
