-- expect: refused STATEMENT_FAILED
-- The same through set_config: the server finds a second statement in the slice, and takes no two for a cursor.
SELECT set_config('standard_conforming_strings', 'off', false);
SELECT 'a\' AS b, ' ; INSERT INTO world.audit (what) VALUES (1); --';
