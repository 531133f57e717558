-- expect: refused SCRIPT_NOT_SEALABLE
-- A COMMIT inside DO, refused by the server.
DO $$ BEGIN INSERT INTO world.audit (what) VALUES ('leak'); COMMIT; END $$;
