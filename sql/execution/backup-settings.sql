-- Purpose: settings of a session that reads the contents of a backup: bounded, hiding no row, writing values one way.
-- Parameters: $1 lock_timeout, $2 statement_timeout, $3 client_connection_check_interval, all in milliseconds.
-- Locks: none. The session waits in its transaction while pg_dump reads, so the idle timeouts are off.
SELECT pg_catalog.set_config('lock_timeout', $1, false),
  pg_catalog.set_config('statement_timeout', $2, false),
  CASE WHEN pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL
    THEN pg_catalog.set_config('client_connection_check_interval', $3, false) END,
  CASE WHEN pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL
    THEN pg_catalog.set_config('transaction_timeout', '0', false) END,
  pg_catalog.set_config('idle_in_transaction_session_timeout', '0', false),
  pg_catalog.set_config('default_transaction_read_only', 'on', false),
  pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false),
  pg_catalog.set_config('row_security', 'off', false),
  pg_catalog.set_config('DateStyle', 'ISO, YMD', false),
  pg_catalog.set_config('IntervalStyle', 'postgres', false),
  pg_catalog.set_config('TimeZone', 'UTC', false),
  pg_catalog.set_config('extra_float_digits', '3', false),
  pg_catalog.set_config('bytea_output', 'hex', false)
