-- expect: sealed
-- A write by way of a prepared statement, which stays in the session.
PREPARE p (text) AS INSERT INTO world.audit (what) VALUES ($1);
EXECUTE p ('leak');
