-- Purpose: since when a server runs, and how many rows were ever written in this database, to see that neither changes.
-- Parameters: none. Locks: none on a relation of users.
SELECT pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    AS started_at,
  (SELECT d.tup_inserted + d.tup_updated + d.tup_deleted FROM pg_catalog.pg_stat_database AS d
    WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()) AS written
