-- expect: refused SCRIPT_ESCAPES
-- The same by a name made at run time.
INSERT INTO world.audit (what) VALUES ('leak');
DO $$ BEGIN EXECUTE 'SELECT pg_term' || 'inate_backend(pg_backend_pid())'; END $$;
