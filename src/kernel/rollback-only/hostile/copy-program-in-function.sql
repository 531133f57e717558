-- expect: refused SCRIPT_ESCAPES
-- The same inside a function body.
CREATE FUNCTION world.p() RETURNS void LANGUAGE plpgsql AS $$ BEGIN COPY (SELECT 1) TO PROGRAM 'cat'; END $$;
SELECT world.p();
