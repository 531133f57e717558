-- expect: sealed
-- A function that writes, fails, and hides it.
CREATE FUNCTION world.hide() RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO world.audit (what) VALUES ('leak'); BEGIN INSERT INTO world.audit (what) VALUES ('lost'); PERFORM 1/0; EXCEPTION WHEN OTHERS THEN NULL; END; END $$;
SELECT world.hide();
