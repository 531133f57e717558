-- expect: refused STATEMENT_FAILED
-- assert_failure is not among OTHERS; it is caught by name, so that the statement is known.
INSERT INTO world.audit (what) VALUES ('leak');
DO $$ BEGIN ASSERT false, 'leak'; END $$;
