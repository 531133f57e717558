-- expect: sealed
-- Drops all prepared statements, the driver's too.
PREPARE p AS SELECT 1;
EXECUTE p;
DEALLOCATE ALL;
INSERT INTO world.audit (what) VALUES ('leak');
