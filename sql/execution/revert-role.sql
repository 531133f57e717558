-- Purpose: the role that owns what a cut writes, and so takes a run back; and whether this session may become it.
-- Parameters: none. One row, or none where there is no such table.
-- Locks: ACCESS SHARE on pg_class and pg_roles.
SELECT owner.rolname AS role, pg_catalog.quote_ident(owner.rolname) AS quoted,
  pg_catalog.pg_has_role(session_user, owner.oid, 'MEMBER') AS may_become
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_roles AS owner ON owner.oid OPERATOR(pg_catalog.=) c.relowner
WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass('public.information_unit')
