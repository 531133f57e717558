-- Purpose: the sessions on this server whose name begins with that of a sandbox.
-- Parameters: $1 the name. Locks: none on a relation of users.
SELECT a.application_name AS application
FROM pg_catalog.pg_stat_activity AS a
WHERE pg_catalog.starts_with(a.application_name, $1)
ORDER BY a.pid
