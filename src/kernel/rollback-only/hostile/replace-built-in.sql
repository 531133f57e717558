-- expect: refused STATEMENT_FAILED
-- superuser: sealed
-- Replaces a built-in function by one of its own; only a superuser may.
CREATE OR REPLACE FUNCTION pg_catalog.pg_stat_get_xact_tuples_inserted(oid) RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint';
INSERT INTO world.audit (what) VALUES ('leak');
