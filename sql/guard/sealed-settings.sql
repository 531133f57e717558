-- Purpose: the settings of a sealed transaction, and its plan, all local to the transaction. One row.
-- Parameters: $1 lock_timeout, $2 statement_timeout (of the whole block: the server times the top statement only), $3
--   idle_in_transaction_session_timeout, $4 transaction_timeout (where it exists: 17), $5
--   client_connection_check_interval, all in milliseconds; $6 statements, $7 streamed, $8 explained, $9 strong as
--   arrays; $10 queries as JSON; $11 what is watched, as JSON. `cutter_nonce` is replaced by a name of this run.
-- Locks taken: none. search_path and everything else stays what the role has: the plan must meet what it will meet
--   later.
SELECT pg_catalog.pg_backend_pid() AS pid,
  pg_catalog.current_setting('standard_conforming_strings') AS standard_conforming_strings,
  pg_catalog.set_config('lock_timeout', $1, true),
  pg_catalog.set_config('statement_timeout', $2, true),
  pg_catalog.set_config('idle_in_transaction_session_timeout', $3, true),
  CASE WHEN pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL
    THEN pg_catalog.set_config('transaction_timeout', $4, true) END,
  CASE WHEN pg_catalog.current_setting('client_connection_check_interval', true)
      OPERATOR(pg_catalog.<>) pg_catalog.concat($5::pg_catalog.text, 'ms')
    THEN pg_catalog.set_config('client_connection_check_interval', $5, true) END,
  pg_catalog.length(pg_catalog.set_config('cutter_nonce.statements', $6, true)),
  pg_catalog.length(pg_catalog.set_config('cutter_nonce.streamed', $7, true)),
  pg_catalog.length(pg_catalog.set_config('cutter_nonce.explained', $8, true)),
  pg_catalog.length(pg_catalog.set_config('cutter_nonce.strong', $9, true)),
  pg_catalog.length(pg_catalog.set_config('cutter_nonce.queries', $10, true)),
  pg_catalog.length(pg_catalog.set_config('cutter_nonce.watched', $11, true))
