-- expect: refused SCRIPT_ESCAPES
-- Compiled code.
CREATE FUNCTION world.c() RETURNS int LANGUAGE c AS '/tmp/leak', 'leak';
