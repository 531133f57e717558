-- Purpose: sessions of one name on this server and the transaction ids that they were given: one that reads has none.
-- Parameters: $1 the name. Locks: none on a relation of users. The statistics' snapshot has to be cleared before.
SELECT a.pid, a.backend_xid AS xid
FROM pg_catalog.pg_stat_activity AS a
WHERE a.application_name OPERATOR(pg_catalog.=) $1
ORDER BY a.pid
