-- Purpose: the settings under which the outcome of an attempt is asked for.
-- Parameters: $1 statement_timeout in milliseconds: all the time that is left.
-- Locks: none. lock_timeout is off: what is waited for is the old transaction of the phase. The tombstone is on disk
-- when it is answered, whatever the role or the database has for synchronous_commit.
SELECT pg_catalog.set_config('lock_timeout', '0', false),
  pg_catalog.set_config('statement_timeout', $1, false),
  pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false),
  pg_catalog.set_config('default_transaction_read_only', 'off', false),
  pg_catalog.set_config('default_transaction_isolation', 'read committed', false),
  CASE WHEN pg_catalog.current_setting('synchronous_commit')
      OPERATOR(pg_catalog.<>) ALL (ARRAY['on'::pg_catalog.text, 'remote_apply'])
    THEN pg_catalog.set_config('synchronous_commit', 'on', false) END
