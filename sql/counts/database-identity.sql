-- Purpose: which database of its cluster this is, and of which version the server is. One row.
-- Parameters: none.
-- Locks: none on a relation of users.
SELECT d.oid, d.datname AS database, pg_catalog.current_setting('server_version') AS version
FROM pg_catalog.pg_database AS d
WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
