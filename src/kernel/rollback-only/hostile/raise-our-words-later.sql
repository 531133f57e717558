-- expect: refused STATEMENT_FAILED
-- A deferred trigger raises our words while constraints are checked.
CREATE FUNCTION world.late_raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'cutter: the sealed block ends here'; END $$;
CREATE CONSTRAINT TRIGGER late_raise AFTER INSERT ON world.audit DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION world.late_raise();
INSERT INTO world.audit (what) VALUES ('leak');
SET CONSTRAINTS ALL IMMEDIATE;
