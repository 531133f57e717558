-- expect: sealed
-- The kind that does.
SELECT pg_logical_emit_message(true, 'leak', 'x');
