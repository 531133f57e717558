-- expect: refused SCRIPT_NOT_SEALABLE
-- A ROLLBACK inside DO, to write outside of our transaction.
DO $$ BEGIN ROLLBACK; INSERT INTO world.audit (what) VALUES ('leak'); COMMIT; END $$;
