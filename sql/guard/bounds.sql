-- Purpose: bounds on a session of ours, so that nothing of it outlives us for long.
-- Parameters: $1 idle_in_transaction_session_timeout, $2 client_connection_check_interval, both in milliseconds;
--   $3 tcp_keepalives_idle, $4 tcp_keepalives_interval in seconds, $5 tcp_keepalives_count; $6 on or off:
--   default_transaction_read_only; $7 search_path, or null to leave that, and how
--   transactions begin, as the role has them. Else they begin so that no read waits for the end of another transaction.
--   $8 statement_timeout in milliseconds: the role's own would end statements of ours.
-- Locks: none. After the login and not in it, since a pooler refuses unknown parameters in a startup packet.
SELECT pg_catalog.set_config('idle_in_transaction_session_timeout', $1, false),
  CASE WHEN pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL
    THEN pg_catalog.set_config('client_connection_check_interval', $2, false) END,
  pg_catalog.set_config('tcp_keepalives_idle', $3, false),
  pg_catalog.set_config('tcp_keepalives_interval', $4, false),
  pg_catalog.set_config('tcp_keepalives_count', $5, false),
  pg_catalog.set_config('default_transaction_read_only', $6, false),
  pg_catalog.set_config('statement_timeout', $8, false),
  CASE WHEN $7::pg_catalog.text IS NOT NULL THEN pg_catalog.set_config('search_path', $7, false) END,
  CASE WHEN $7 IS NOT NULL THEN pg_catalog.set_config('default_transaction_isolation', 'read committed', false) END,
  CASE WHEN $7 IS NOT NULL THEN pg_catalog.set_config('default_transaction_deferrable', 'off', false) END
