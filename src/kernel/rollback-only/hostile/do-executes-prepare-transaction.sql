-- expect: refused STATEMENT_FAILED
-- Two-phase commit by EXECUTE.
DO $$ BEGIN INSERT INTO world.audit (what) VALUES ('leak'); EXECUTE 'PREPARE TRANSACTION ''leak'''; END $$;
