-- expect: refused STATEMENT_FAILED
-- A function without end.
CREATE FUNCTION world.r() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN world.r(); END $$;
SELECT world.r();
