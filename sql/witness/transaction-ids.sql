-- Purpose: ids of the transaction and of the live sub-transactions of a backend: each holds a lock on its own id.
-- Parameters: $1 int4 pid of the backend.
-- Locks: none.
SELECT DISTINCT l.transactionid::pg_catalog.text AS xid
FROM pg_catalog.pg_locks AS l
WHERE l.locktype = 'transactionid' AND l.granted AND l.mode = 'ExclusiveLock' AND l.pid = $1::pg_catalog.int4
