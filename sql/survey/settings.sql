-- Purpose: settings of the survey's transaction, local to it.
-- Parameters: $1 statement_timeout, $2 lock_timeout, in milliseconds. Locks: none.
SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true),
  pg_catalog.set_config('statement_timeout', $1, true),
  pg_catalog.set_config('lock_timeout', $2, true),
  pg_catalog.current_setting('transaction_read_only') AS read_only,
  pg_catalog.current_setting('transaction_isolation') AS isolation
