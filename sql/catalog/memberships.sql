-- Purpose: which roles the given ones are members of, and who is a member of them, with the options. A membership that
-- PostgreSQL 16 and newer give a role for having created another (ADMIN OPTION alone, granted by the bootstrap
-- superuser) is left out where the member may create roles: any other has got it in another way.
-- Parameters: $1 text[], role names. Locks: AccessShareLock on catalogs only. Any role may ask.
-- Who owns the database is a member of pg_database_owner, which no catalog row says. Before 16 a member may always SET
-- ROLE, and inherits as the role does: `inherits` is null there.
SELECT member.rolname AS member, parent.rolname AS parent, pg_catalog.bool_or(m.admin_option) AS administers,
  pg_catalog.bool_or(coalesce((j.entry ->> 'set_option')::boolean, true)) AS may_set,
  pg_catalog.bool_or((j.entry ->> 'inherit_option')::boolean) AS inherits
FROM pg_catalog.pg_auth_members AS m
JOIN pg_catalog.pg_roles AS member ON member.oid = m.member
JOIN pg_catalog.pg_roles AS parent ON parent.oid = m.roleid
-- Columns that older servers do not have, read without naming them.
CROSS JOIN LATERAL (SELECT pg_catalog.to_jsonb(m) AS entry) AS j
WHERE (member.rolname = ANY ($1::text[]) OR parent.rolname = ANY ($1::text[]))
  AND (m.grantor = 10 AND m.admin_option AND member.rolcreaterole
    AND j.entry ->> 'inherit_option' = 'false' AND j.entry ->> 'set_option' = 'false') IS NOT TRUE
GROUP BY 1, 2
UNION ALL
SELECT pg_catalog.pg_get_userbyid(d.datdba), 'pg_database_owner', false, true, null
FROM pg_catalog.pg_database AS d
WHERE d.datname = pg_catalog.current_database() AND pg_catalog.pg_get_userbyid(d.datdba) = ANY ($1::text[])
ORDER BY 1, 2
