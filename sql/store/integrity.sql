-- Purpose: SQLite's own check of the whole file: one row, `ok`, or the first thing that is wrong.
-- Parameters: none.
-- Locks taken: SHARED while it reads.
PRAGMA integrity_check(1)
