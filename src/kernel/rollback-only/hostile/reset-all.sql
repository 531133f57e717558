-- expect: sealed
-- RESET ALL takes our settings away.
RESET ALL;
INSERT INTO world.audit (what) VALUES ('leak');
