-- Purpose: one look at the walls of a rollback-only transaction: same backend, same transaction, poison in place.
-- Parameters: none.
-- Locks: none.
SELECT pg_catalog.pg_backend_pid() AS pid,
  pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text AS xid,
  EXISTS (
    SELECT FROM pg_catalog.pg_cursors AS c
    WHERE c.name = 'cutter_poison' AND c.is_holdable AND NOT c.is_scrollable
  ) AS poisoned
