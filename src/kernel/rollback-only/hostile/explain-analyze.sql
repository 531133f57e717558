-- expect: sealed
-- EXPLAIN that runs what it explains.
EXPLAIN ANALYZE DELETE FROM world.account;
