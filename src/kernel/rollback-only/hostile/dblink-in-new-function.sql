-- expect: refused SCRIPT_ESCAPES
-- The same inside a function that the script makes.
CREATE FUNCTION world.f() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN dblink /* gap */ ('dbname=postgres', 'SELECT 1'); END $$;
SELECT world.f();
