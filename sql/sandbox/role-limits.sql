-- Purpose: the connection limit of each role.
-- Parameters: none. Locks: none on a relation of users.
SELECT r.rolname AS role, r.rolconnlimit AS connection_limit FROM pg_catalog.pg_roles AS r
WHERE r.rolname !~ '^pg_' ORDER BY r.rolname COLLATE "C"
