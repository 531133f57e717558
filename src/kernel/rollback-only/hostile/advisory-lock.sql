-- expect: sealed
-- A lock that outlives the transaction: listed, then released.
SELECT pg_advisory_lock(4242);
SELECT pg_advisory_lock_shared(1, 2);
INSERT INTO world.audit (what) VALUES ('leak');
