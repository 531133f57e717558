-- expect: refused SCRIPT_NOT_SEALABLE
-- DISCARD ALL.
INSERT INTO world.audit (what) VALUES ('leak');
DISCARD ALL;
