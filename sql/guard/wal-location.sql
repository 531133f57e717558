-- Purpose: how far the server's WAL is, as a number of bytes. One row.
-- Parameters: none.
-- Locks taken: none.
-- On its own, since an administrator may have revoked the function from PUBLIC.
SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::pg_catalog.text AS bytes
