-- Purpose: the roles of a server with their attributes, so that a restored dump finds its owners.
-- Parameters: $1 the role that a sandbox's server has from its beginning. Locks: none on a relation of users.
-- Roles of the system (pg_*) and that one are left out; who owns the cluster there may be called otherwise, and is not.
SELECT r.rolname AS role,
  pg_catalog.concat_ws(' ',
    CASE WHEN r.rolsuper THEN 'SUPERUSER' ELSE 'NOSUPERUSER' END,
    CASE WHEN r.rolinherit THEN 'INHERIT' ELSE 'NOINHERIT' END,
    CASE WHEN r.rolcreaterole THEN 'CREATEROLE' ELSE 'NOCREATEROLE' END,
    CASE WHEN r.rolcreatedb THEN 'CREATEDB' ELSE 'NOCREATEDB' END,
    CASE WHEN r.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
    CASE WHEN r.rolreplication THEN 'REPLICATION' ELSE 'NOREPLICATION' END,
    CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END,
    pg_catalog.format('CONNECTION LIMIT %s', r.rolconnlimit)) AS attributes,
  pg_catalog.quote_ident(r.rolname) AS quoted
FROM pg_catalog.pg_roles AS r
WHERE r.rolname !~ '^pg_' AND r.rolname OPERATOR(pg_catalog.<>) $1
ORDER BY r.rolname COLLATE "C"
