-- Purpose: shows that a sandbox's server answers, which version it is, and what it says it listens on.
-- Parameters: none.
-- Locks: none.
SELECT
  pg_catalog.current_setting('server_version') AS version,
  pg_catalog.current_setting('listen_addresses') AS listen_addresses
