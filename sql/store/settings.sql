-- Purpose: what each connection to the run store asks of SQLite before anything else.
-- Parameters: none; the wait for other writers is set by the caller, since limits.ts holds it.
-- Locks taken: none.
-- trusted_schema: no function with side effects from a schema that someone altered. cell_size_check: a page whose cells
-- do not fit is corrupt at once, not later.
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA recursive_triggers = ON;
