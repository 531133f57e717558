-- expect: sealed
-- A deferred trigger that defers again and writes what another deferred trigger sees.
CREATE FUNCTION world.again() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN SET CONSTRAINTS ALL DEFERRED; IF new.what <> 'again' THEN INSERT INTO world.audit (what) VALUES ('again'); END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER again AFTER INSERT ON world.audit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION world.again();
INSERT INTO world.audit (what) VALUES ('leak');
