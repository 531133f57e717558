-- expect: refused SCRIPT_NOT_SEALABLE
-- A transaction command between two writes: parsed, named, refused.
INSERT INTO world.audit (what) VALUES ('leak');
COMMIT;
INSERT INTO world.audit (what) VALUES ('leak');
