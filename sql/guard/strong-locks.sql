-- Purpose: relation locks that this session holds and that are stronger than ROW EXCLUSIVE. Any number of rows.
-- Parameters: none. Fully qualified: it runs between statements of tested SQL, under whatever search_path that set.
-- Locks taken: none (pg_locks reads the lock table).
SELECT pg_catalog.concat(l.relation, ' ', l.mode) AS lock
FROM pg_catalog.pg_locks AS l
WHERE l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
  AND l.locktype OPERATOR(pg_catalog.=) 'relation'
  AND l.granted
  AND l.mode OPERATOR(pg_catalog.=) ANY (ARRAY['ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock',
    'ExclusiveLock', 'AccessExclusiveLock'])
