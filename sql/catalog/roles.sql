-- Purpose: the attributes of the given roles, one row for each attribute.
-- Parameters: $1 text[], role names. Locks: AccessShareLock on catalogs only. Any role may ask.
SELECT r.rolname AS role, a.attribute, a.value
FROM pg_catalog.pg_roles AS r
CROSS JOIN LATERAL (VALUES
  ('login', r.rolcanlogin::text), ('inherit', r.rolinherit::text), ('connectionLimit', r.rolconnlimit::text),
  ('superuser', r.rolsuper::text), ('bypassRls', r.rolbypassrls::text), ('createRole', r.rolcreaterole::text),
  ('createDatabase', r.rolcreatedb::text), ('replication', r.rolreplication::text),
  -- A role whose password is over cannot log in with it.
  ('expired', coalesce(r.rolvaliduntil < pg_catalog.now(), false)::text)
) AS a (attribute, value)
WHERE r.rolname = ANY ($1::text[])
ORDER BY 1, 2
