-- Purpose: the backend that holds an advisory lock in this database, as this session sees it. At most one row.
-- Parameters: $1 int8 key of the lock.
-- Locks: none. A lock of another server, or of another database of this one, is not seen: that is what it is for.
SELECT l.pid
FROM pg_catalog.pg_locks AS l
WHERE l.locktype = 'advisory' AND l.granted AND l.mode = 'ExclusiveLock' AND l.objsubid = 1
  AND (l.classid::pg_catalog.int8 << 32) | l.objid::pg_catalog.int8 = $1::pg_catalog.int8
  AND l.database = (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database())
