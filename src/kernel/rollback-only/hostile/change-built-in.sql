-- expect: refused SCRIPT_ESCAPES
-- Replaces a built-in function by compiled code.
CREATE OR REPLACE FUNCTION pg_catalog.json_build_array(VARIADIC "any") RETURNS json LANGUAGE internal AS 'json_build_array';
