-- expect: refused SCRIPT_NOT_SEALABLE
-- A transaction command between two writes: parsed, named, refused.
INSERT INTO world.audit (what) VALUES ('leak');
BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE;
INSERT INTO world.audit (what) VALUES ('leak');
