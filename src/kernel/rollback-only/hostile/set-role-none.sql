-- expect: sealed
-- SET ROLE NONE in the middle.
SET ROLE NONE;
INSERT INTO world.audit (what) VALUES ('leak');
RESET ROLE;
