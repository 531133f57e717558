-- expect: sealed
-- Settings that change how PL/pgSQL compiles.
SET plpgsql.print_strict_params = on;
SET plpgsql.extra_errors = 'all';
SET check_function_bodies = off;
SELECT 1 FROM world.account;
INSERT INTO world.audit (what) VALUES ('leak');
