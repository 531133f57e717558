-- expect: refused SCRIPT_ESCAPES
-- A logical message that does not wait for COMMIT.
SELECT pg_logical_emit_message(false, 'leak', 'x');
