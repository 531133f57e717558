-- expect: sealed
-- The parts of DISCARD that a transaction allows.
CREATE TEMP TABLE t (a int);
DISCARD TEMP;
DISCARD PLANS;
DISCARD SEQUENCES;
INSERT INTO world.audit (what) VALUES ('leak');
