-- expect: refused SCRIPT_NOT_SEALABLE
-- A transaction command between two writes: parsed, named, refused.
INSERT INTO world.audit (what) VALUES ('leak');
COMMIT PREPARED 'leak';
INSERT INTO world.audit (what) VALUES ('leak');
