-- expect: sealed
-- Temporary objects.
CREATE TEMP TABLE t ON COMMIT DROP AS SELECT * FROM world.account;
CREATE TEMP SEQUENCE s;
SELECT nextval('s');
