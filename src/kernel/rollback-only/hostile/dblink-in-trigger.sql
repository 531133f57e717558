-- expect: refused SCRIPT_ESCAPES
-- The same inside a trigger that a view's rule leads to.
CREATE FUNCTION world.t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM "dblink_exec"('', ''); RETURN NULL; END $$;
