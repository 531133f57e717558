-- expect: sealed
-- CLOSE ALL, which removes the cursor of the guarded tier; this tier has none.
INSERT INTO world.audit (what) VALUES ('leak');
CLOSE ALL;
INSERT INTO world.audit (what) VALUES ('leak');
