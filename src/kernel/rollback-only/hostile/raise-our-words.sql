-- expect: refused STATEMENT_FAILED
-- Raises the very error that ends our block: without our flag it is only an error.
INSERT INTO world.audit (what) VALUES ('leak');
DO $$ BEGIN RAISE EXCEPTION 'cutter: the sealed block ends here'; END $$;
