-- Purpose: default privileges that would reach objects of ours, or give something to our roles.
-- Parameters: $1 text[], our roles; $2 text, the owner of our objects. Locks: AccessShareLock on catalogs only.
SELECT coalesce(n.nspname, 'any schema') AS schema,
  CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types'
    WHEN 'n' THEN 'schemas' ELSE 'other objects' END AS objects,
  pg_catalog.pg_get_userbyid(d.defaclrole) AS owner, e.privilege_type AS privilege,
  CASE e.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(e.grantee) END AS role
FROM pg_catalog.pg_default_acl AS d
CROSS JOIN LATERAL pg_catalog.aclexplode(d.defaclacl) AS e
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = d.defaclnamespace
WHERE e.grantee <> d.defaclrole
  -- Without a schema, an entry holds what is built in as well: PUBLIC's rights on functions and types are no addition.
  AND NOT (d.defaclnamespace = 0 AND EXISTS (
    SELECT FROM pg_catalog.aclexplode(pg_catalog.acldefault(
      CASE d.defaclobjtype WHEN 'S' THEN 's'::"char" ELSE d.defaclobjtype END, d.defaclrole)) AS built_in
    WHERE built_in.grantee = e.grantee AND built_in.privilege_type = e.privilege_type))
  AND (pg_catalog.pg_get_userbyid(e.grantee) = ANY ($1::text[])
    OR pg_catalog.pg_get_userbyid(d.defaclrole) = $2
      AND (d.defaclnamespace = 0 OR n.nspname IN ('public', 'cutter_governance')))
ORDER BY 1, 2, 3, 4, 5
