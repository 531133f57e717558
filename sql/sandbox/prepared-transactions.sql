-- Purpose: transactions that were prepared and neither committed nor rolled back.
-- Parameters: none. Locks: none on a relation of users.
SELECT p.gid, p.owner FROM pg_catalog.pg_prepared_xacts AS p ORDER BY p.gid
