-- expect: sealed
-- The very dollar quote of our block, and a COMMIT after it.
SELECT $x$ $cutter_seal$; COMMIT; DO $cutter_seal$ $x$;
INSERT INTO world.audit (what) VALUES ('leak');
