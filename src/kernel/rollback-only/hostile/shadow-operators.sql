-- expect: sealed
-- Its own operators for the types that our loop compares and adds.
CREATE SCHEMA evil;
CREATE FUNCTION evil.bad_add(bigint, integer) RETURNS bigint LANGUAGE sql AS 'SELECT 7000::bigint';
CREATE OPERATOR evil.+ (LEFTARG = bigint, RIGHTARG = integer, FUNCTION = evil.bad_add);
CREATE FUNCTION evil.bad_gt(timestamptz, timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'shadowed'; END $$;
CREATE OPERATOR evil.> (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = evil.bad_gt);
CREATE OPERATOR evil.>= (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = evil.bad_gt);
SET search_path = evil, pg_catalog;
SELECT 1 FROM world.account;
INSERT INTO world.audit (what) VALUES ('leak');
