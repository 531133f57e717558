-- expect: refused STATEMENT_FAILED
-- EXECUTE of a transaction command is not implemented in PL/pgSQL, here or anywhere.
DO $$ BEGIN INSERT INTO world.audit (what) VALUES ('leak'); EXECUTE 'COMMIT'; END $$;
