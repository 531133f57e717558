-- expect: refused SCRIPT_UNPARSABLE
-- A string without an end.
INSERT INTO world.audit (what) VALUES ('leak);
COMMIT;
