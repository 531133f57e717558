-- Purpose: part of sealed.sql: waits until the witness has looked, with everything written and nothing rolled back yet.
-- Parameters: none; @key@ and @timeout@ (milliseconds) are replaced by integers.
-- Locks taken: the advisory lock that the witness holds, released with the sub-transaction.
PERFORM pg_catalog.set_config('lock_timeout', '@timeout@', true);
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(@key@::pg_catalog.int8);
  met := 'met';
EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
  met := 'missed';
END;
