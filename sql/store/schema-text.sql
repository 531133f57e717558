-- Purpose: the text of everything in the store's schema, to be compared with that of a new store.
-- Parameters: none.
-- Locks taken: SHARED while it reads.
SELECT s.type, s.name, s.tbl_name, s.sql FROM sqlite_schema AS s ORDER BY s.type, s.name
