-- expect: refused CONSTRAINT_DEFERRED
-- The same at the very end, where only our own check fires it.
CREATE FUNCTION world.late_raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cutter: the sealed block ends here'; END $$;
CREATE CONSTRAINT TRIGGER late_raise AFTER INSERT ON world.audit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION world.late_raise();
INSERT INTO world.audit (what) VALUES ('leak');
